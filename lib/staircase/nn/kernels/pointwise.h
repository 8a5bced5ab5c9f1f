#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/nn/kernels/element.h"

/// Pointwise layers: the channels of every position times one matrix. Rows are positions, [rows][channels] side by side
/// in memory. Sums are float whatever the elements are. None of the numbers depend on how rows or shares are shared out
/// over threads. Made for the small matrices of narrow networks, where a library's preparations cost more than the
/// products.
namespace staircase::nn::kernels {

struct PointwiseShape {
  int64_t rows = 0, in = 0, out = 0;
};

/// Floats of an (in, out) matrix as multiply_rows reads it.
inline int64_t packed_matrix_size(int64_t in, int64_t out) { return in * ((out + 15) / 16 * 16); }

/// The number at (i, o) of the matrix is from[i * in_stride + o * out_stride].
void pack_matrix(int64_t in, int64_t out, const float* from, int64_t in_stride, int64_t out_stride, float* packed);

/// y = x * matrix + bias for the rows [begin, end). x: [rows][in], y: [rows][out] of one type; bias: [out] or null.
void multiply_rows(const PointwiseShape& shape, Element element, const void* x, const float* packed, const float* bias,
                   void* y, int64_t begin, int64_t end);

/// The gradients of matrix and bias are sums over rows, which are taken in so many shares.
inline int64_t pointwise_shares(const PointwiseShape& shape) { return std::clamp<int64_t>(shape.rows / 256, 1, 16); }
/// Floats of a share's sums.
int64_t pointwise_share_size(const PointwiseShape& shape);

/// The sums of the shares [begin, end), partial: [share][pointwise_share_size], overwritten.
void pointwise_weight_gradient(const PointwiseShape& shape, Element element, const void* x, const void* output_gradient,
                               float* partial, int64_t begin, int64_t end);

/// Adds the shares up, in order. weight_gradient: [out][in]; bias_gradient: [out] or null.
void add_pointwise_shares(const PointwiseShape& shape, const float* partial, float* weight_gradient,
                          float* bias_gradient);

/// The gradients of a large matrix: a task takes a block of it, 48 outputs by 192 inputs, and the rows of one share.
struct PointwiseBlocks {
  static constexpr int64_t outputs = 48, inputs = 192;

  explicit PointwiseBlocks(const PointwiseShape& s)
      : of_inputs((s.in + inputs - 1) / inputs), count((s.out + outputs - 1) / outputs * of_inputs) {
    // Small matrices of many rows are work for some threads, too.
    shares = std::clamp<int64_t>(16 / count, 1, std::max<int64_t>(1, s.rows / 1024));
  }
  int64_t tasks() const { return shares * count; }

  int64_t of_inputs, count, shares;
};

/// weight_sums: [share][out][in]; bias_sums: [share][out] or null.
void pointwise_block_gradients(const PointwiseShape& shape, Element element, const void* x, const void* output_gradient,
                               float* weight_sums, float* bias_sums, int64_t begin, int64_t end);

}  // namespace staircase::nn::kernels
