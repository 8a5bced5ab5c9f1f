#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/nn/kernels/element.h"
#include "staircase/nn/kernels/rows.h"

/// Batch normalization of rows, with ReLU behind it where asked for. Sums are float whatever the elements are, and are
/// taken in shares of rows, one after the other, whose number does not depend on that of the threads.
/// Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
namespace staircase::nn::kernels {

inline int64_t batch_norm_shares(const Rows& rows) {
  return std::clamp<int64_t>(std::min(rows.count * rows.channels / 8192, rows.count / 64), 1, 256);
}

/// The means of the shares [begin, end), and the sums of squared distances from them. partial: [share][2][channels].
void batch_norm_moments(const Rows& rows, Element element, const void* x, float* partial, int64_t begin, int64_t end);
/// The mean of all rows and the sum of squared distances from it, [channels] each.
void add_batch_norm_moments(const Rows& rows, const float* partial, float* mean, float* squares);

/// y = (x - mean) * gain + bias, [channels] each; then, with `relu`, max(y, 0).
struct BatchNormChannels {
  const float *mean, *gain, *bias;
  bool relu;
};

/// The rows of the shares [begin, end).
void batch_norm_forward(const Rows& rows, Element element, const void* x, const BatchNormChannels& channels, void* y,
                        int64_t begin, int64_t end);

/// With g the gradient that ReLU lets through: the sums of g and of g * (x - mean). partial: [share][2][channels].
void batch_norm_gradient_sums(const Rows& rows, Element element, const void* x, const void* output_gradient,
                              const BatchNormChannels& channels, float* partial, int64_t begin, int64_t end);
/// Adds the shares up, in order: [channels] each.
void add_batch_norm_sums(const Rows& rows, const float* partial, float* of_gradient, float* of_product);

/// What the gradient loses because the statistics follow x, [channels] each; 0 where they do not.
struct BatchNormFeedback {
  const float *shift, *slope;
};

/// gain * (g - shift - (x - mean) * slope) for the rows of the shares [begin, end).
void batch_norm_input_gradient(const Rows& rows, Element element, const void* x, const void* output_gradient,
                               const BatchNormChannels& channels, const BatchNormFeedback& feedback,
                               void* input_gradient, int64_t begin, int64_t end);

}  // namespace staircase::nn::kernels
