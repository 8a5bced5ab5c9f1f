#include "staircase/nn/attention.h"

#include <cmath>

#include "staircase/nn/attention_by_kernel.h"
#include "staircase/nn/kernel_guard.h"
#include "staircase/nn/libtorch.h"
#include "staircase/nn/ops.h"

namespace staircase::nn::ops {
namespace {

using torch::Tensor;

/// (N, L, C) -> (N, heads, L, C / heads). While tracing, without a size of the image.
Tensor by_heads(const Tensor& rows, int64_t heads) {
  const int64_t width = rows.size(2) / heads;
  if (is_tracing()) return at::stack(rows.split(width, 2), 1);
  return rows.view({rows.size(0), rows.size(1), heads, width}).transpose(1, 2);
}

Tensor plain_products(const Tensor& queries, const Tensor& keys, const Tensor& values, const Tensor& bias) {
  const double scale = 1.0 / std::sqrt(static_cast<double>(queries.size(3)));
  Tensor scores = at::matmul(queries * scale, keys.transpose(2, 3));
  if (bias.defined()) scores = scores + bias;
  return at::matmul(at::softmax(scores, 3).to(values.scalar_type()), values);
}

}  // namespace

Tensor attend(const Tensor& rows, int64_t heads, const Tensor& bias) {
  const auto parts = rows.chunk(3, 2);
  const Tensor queries = by_heads(parts[0], heads), keys = by_heads(parts[1], heads),
               values = by_heads(parts[2], heads);
  const Tensor found = is_tracing() ? Tensor() : fused_attention(queries, keys, values, bias);
  return (found.defined() ? found : plain_products(queries, keys, values, bias)).transpose(1, 2).flatten(2);
}

Tensor global_attention(const Tensor& x, const AttentionWeights& weights, const plan::LayerSpec& spec) {
  const Tensor qkv = pointwise(x, weights.qkv, weights.qkv_bias);
  // Of bfloat16 the library's products are the faster ones: they are AMX's.
  const bool fits = !libtorch_2 && qkv.scalar_type() == torch::kFloat && qkv.numel() > 0;
  const Tensor y = guarded_where(
      fits, qkv,
      [&] {
        return attention_by_kernel(qkv, spec.groups, {qkv.size(2) * qkv.size(3), {}, {}, {}});
      },
      [&] {
        const Tensor rows = attend(qkv.permute({0, 2, 3, 1}).flatten(1, 2), spec.groups, {});
        return rows.transpose(1, 2).reshape_as(x);
      });
  return pointwise(y, weights.projection, weights.projection_bias);
}

}  // namespace staircase::nn::ops
