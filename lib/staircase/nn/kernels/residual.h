#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/nn/kernels/element.h"
#include "staircase/nn/kernels/rows.h"

/// The end of a residual block: y = shortcut + scale * branch, then ReLU where asked for, in one pass over memory.
/// Sums are float whatever the elements are, and do not depend on the number of threads.
namespace staircase::nn::kernels {

using ResidualShape = Images;

/// LayerScale, [channels], times drop path, [samples]; null for 1.
struct ResidualScale {
  const float *of_channels, *of_samples;
};

/// The samples [begin, end).
void residual_forward(const ResidualShape& shape, Element element, const void* shortcut, const void* branch,
                      const ResidualScale& scale, bool relu, void* y, int64_t begin, int64_t end);

/// to = the gradient where y > 0, else 0; with a null y the gradient as it is; times scale.
void residual_gradient(const ResidualShape& shape, Element element, const void* output_gradient, const void* y,
                       const ResidualScale& scale, void* to, int64_t begin, int64_t end);

/// The gradient of the channels' scales is a sum over samples, which are taken in so many shares.
inline int64_t residual_shares(const ResidualShape& shape) { return std::clamp<int64_t>(shape.samples / 4, 1, 16); }
/// The sums of the shares [begin, end), of gradient * branch * the sample's scale. partial: [share][channels].
/// `gradient`: what ReLU let through.
void residual_scale_gradient(const ResidualShape& shape, Element element, const void* gradient, const void* branch,
                             const ResidualScale& scale, float* partial, int64_t begin, int64_t end);

}  // namespace staircase::nn::kernels
