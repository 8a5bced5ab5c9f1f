#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/nn/kernels/element.h"
#include "staircase/nn/kernels/rows.h"

/// Passes of global response normalization, y = x * factor + bias, where a sample's factors follow from its channels'
/// norms. A task takes some positions of a sample; none of the numbers depend on how tasks are shared out. Sums are float
/// whatever the elements are. Source: Woo et al. 2023, arXiv:2301.00808.
namespace staircase::nn::kernels {

/// A sample's positions are taken in so many slices.
inline int64_t grn_slices(const Images& images) {
  return std::clamp<int64_t>(images.positions * images.channels / 65536, 1, images.positions);
}
inline int64_t grn_tasks(const Images& images) { return images.samples * grn_slices(images); }

/// Of each channel the sum of squares. sums: [task][channels].
void grn_squares(const Images& images, Element element, const void* x, float* sums, int64_t begin, int64_t end);

/// factors: [samples][channels]; bias: [channels].
void grn_forward(const Images& images, Element element, const void* x, const float* factors, const float* bias, void* y,
                 int64_t begin, int64_t end);

/// Of each channel the sums of gradient * x and of the gradient. sums: [task][2][channels].
void grn_gradient_sums(const Images& images, Element element, const void* x, const void* output_gradient, float* sums,
                       int64_t begin, int64_t end);

/// input_gradient = gradient * factor + x * slope. factors, slopes: [samples][channels].
void grn_input_gradient(const Images& images, Element element, const void* x, const void* output_gradient,
                        const float* factors, const float* slopes, void* input_gradient, int64_t begin, int64_t end);

}  // namespace staircase::nn::kernels
