#include "staircase/nn/ops.h"

namespace staircase::nn::ops {

torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                          const plan::LayerSpec& spec) {
  return at::conv2d(x, weight, bias.defined() ? c10::optional<torch::Tensor>(bias) : c10::nullopt,
                    {spec.stride, spec.stride}, {spec.padding, spec.padding}, {1, 1}, spec.groups);
}

torch::Tensor layer_norm(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, double eps) {
  // LibTorch 1.13 on the CPU refuses bfloat16 activations with float parameters.
  const bool cast = x.is_cpu() && x.scalar_type() != weight.scalar_type();
  const auto dtype = x.scalar_type();
  const torch::Tensor rows = x.permute({0, 2, 3, 1});
  return at::layer_norm(rows, weight.sizes(), cast ? weight.to(dtype) : weight, cast ? bias.to(dtype) : bias, eps)
      .permute({0, 3, 1, 2});
}

torch::Tensor residual(const torch::Tensor& shortcut, const torch::Tensor& branch, const torch::Tensor& scale) {
  if (!scale.defined()) return shortcut + branch;
  return at::addcmul(shortcut, branch, scale);
}

}  // namespace staircase::nn::ops
