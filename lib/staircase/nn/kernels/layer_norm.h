#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/nn/kernels/element.h"
#include "staircase/nn/kernels/rows.h"

/// Layer normalization of rows, [rows][channels] side by side in memory. Sums are float whatever the elements are.
/// Source: Ba et al. 2016, arXiv:1607.06450.
namespace staircase::nn::kernels {

/// What is kept of a row for the way back: its mean and 1 / sqrt(variance + eps), [rows] each.
struct RowMoments {
  float *mean, *scale;
};

/// y = (x - mean) * scale * weight + bias for the rows [begin, end). weight, bias: [channels] of float.
void layer_norm_forward(const Rows& rows, Element element, const void* x, const float* weight, const float* bias,
                        float eps, void* y, const RowMoments& moments, int64_t begin, int64_t end);

/// The gradients of weight and bias are sums over rows, which are taken in so many shares, one after the other; their
/// number does not depend on that of the threads.
inline int64_t layer_norm_shares(const Rows& rows) { return std::clamp<int64_t>(rows.count / 256, 1, 64); }

/// The gradient of the input for the rows of the shares [begin, end), and these shares' sums for weight and bias,
/// sums: [share][2][channels], overwritten.
void layer_norm_gradients(const Rows& rows, Element element, const void* x, const void* output_gradient,
                          const float* weight, const RowMoments& moments, void* input_gradient, float* sums,
                          int64_t begin, int64_t end);

}  // namespace staircase::nn::kernels
