#pragma once

#include <cstddef>
#include <cstdint>

#include "staircase/nn/kernels/element.h"

/// Depthwise convolution over images in channels_last memory, [N][H][W][C], for any kernel size, stride and padding.
/// Sums are float whatever the elements are. A call does a range of tasks, so that the caller can share them out over
/// threads: no task writes where another does, and none of the numbers depend on how the tasks are shared out.
namespace staircase::nn::kernels {

struct DepthwiseShape {
  int64_t images = 0, height = 0, width = 0, channels = 0;  ///< of the input
  int64_t kernel = 1, stride = 1, padding = 0;

  int64_t out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
  int64_t out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
  /// A task takes this many channels of an image.
  static constexpr int64_t block = 16;
  int64_t blocks() const { return (channels + block - 1) / block; }
  /// Floats of the weights as the kernels read them: [blocks][kernel * kernel][block], 0 beyond the channels.
  int64_t packed_weights() const { return blocks() * kernel * kernel * block; }
};

/// weight: [C][k][k], or [k][k][C] where `channels_last`. The packed weights may be turned by 180 degrees, for the
/// gradient of the input.
void pack_depthwise_weights(const DepthwiseShape& shape, const float* weight, bool channels_last, bool turned,
                            float* packed);

/// Tasks of forward and of the gradient of the input.
inline int64_t depthwise_tasks(const DepthwiseShape& shape) { return shape.images * shape.blocks(); }

/// y[n][i][j][c] = bias[c] + sum over the kernel of weight * x. x, y: elements of one type; bias: [C] or null.
void depthwise_forward(const DepthwiseShape& shape, Element element, const void* x, const float* packed,
                       const float* bias, void* y, int64_t begin, int64_t end);

/// The gradient of the input from that of the output; `packed` is turned.
void depthwise_input_gradient(const DepthwiseShape& shape, Element element, const void* output_gradient,
                              const float* packed_turned, void* input_gradient, int64_t begin, int64_t end);

/// The gradients of weight and bias are sums over images. Images are taken in at most `depthwise_shares` equal shares
/// whose sums are added in order: their number does not depend on that of the threads.
constexpr int64_t depthwise_shares = 8;
int64_t depthwise_weight_tasks(const DepthwiseShape& shape);
/// partial: [share][packed_weights() + blocks() * block]: a share's sums of weights, then of the bias. Overwritten.
void depthwise_weight_gradient(const DepthwiseShape& shape, Element element, const void* x, const void* output_gradient,
                               float* partial, int64_t begin, int64_t end);
/// Adds the shares up: weight_gradient in the layout of `weight` above; bias_gradient [C] or null.
void add_depthwise_shares(const DepthwiseShape& shape, const float* partial, bool channels_last, float* weight_gradient,
                          float* bias_gradient);

}  // namespace staircase::nn::kernels
