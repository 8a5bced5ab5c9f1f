#include "staircase/nn/ops.h"

#include <torch/csrc/jit/frontend/tracer.h>

#include "staircase/nn/batch_norm.h"
#include "staircase/nn/depthwise_convolution.h"
#include "staircase/nn/gelu.h"
#include "staircase/nn/grn.h"
#include "staircase/nn/kernel_guard.h"
#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/layer_norm.h"
#include "staircase/nn/pointwise_convolution.h"
#include "staircase/nn/residual.h"

namespace staircase::nn::ops {
namespace {

/// LayerScale times drop path as one factor that broadcasts over a branch; undefined for 1.
torch::Tensor factor_of(const BranchScale& scale, const torch::Tensor& branch) {
  torch::Tensor factor;
  if (scale.of_channels.defined()) factor = scale.of_channels.view({1, -1, 1, 1});
  if (scale.of_samples.defined()) {
    const torch::Tensor of_samples = scale.of_samples.view({-1, 1, 1, 1});
    factor = factor.defined() ? factor * of_samples : of_samples;
  }
  return factor.defined() ? factor.to(branch.scalar_type()) : factor;
}

}  // namespace

bool is_tracing() { return torch::jit::tracer::isTracing(); }

bool needs_plain_aten(const torch::Tensor& x) {
  const bool has_kernels = x.is_cpu() && (x.scalar_type() == torch::kFloat || x.scalar_type() == torch::kBFloat16);
  return !has_kernels || is_tracing();
}

torch::Tensor convolution(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                          const plan::LayerSpec& spec) {
  const auto plain = [&] {
    return at::conv2d(x, weight, optional(bias), {spec.stride, spec.stride}, {spec.padding, spec.padding}, {1, 1},
                      spec.groups);
  };
  const bool fits = weight.scalar_type() == torch::kFloat && x.numel() > 0;
  if (fits && has_depthwise_kernel(spec))
    return guarded(
        x, [&] { return depthwise_convolution(x, weight, bias, spec); }, plain);
  if (fits && is_pointwise(spec))
    return guarded(
        x, [&] { return pointwise_convolution(x, weight, bias); }, plain);
  return guarded(x, NoKernel(), plain);
}

torch::Tensor pointwise(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  return convolution(x, weight, bias, {"", plan::LayerKind::convolution, weight.size(1), weight.size(0)});
}

torch::Tensor linear(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  return guarded(x, NoKernel(), [&] { return at::linear(x, weight, optional(bias)); });
}

torch::Tensor layer_norm(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, double eps) {
  const auto plain = [&] {
    // LibTorch 1.13 on the CPU refuses bfloat16 activations with float parameters.
    const bool cast = x.is_cpu() && x.scalar_type() != weight.scalar_type();
    const auto dtype = x.scalar_type();
    const torch::Tensor rows = x.permute({0, 2, 3, 1});
    return at::layer_norm(rows, weight.sizes(), cast ? weight.to(dtype) : weight, cast ? bias.to(dtype) : bias, eps)
        .permute({0, 3, 1, 2});
  };
  const bool fits = weight.scalar_type() == torch::kFloat && x.numel() > 0;
  return guarded_where(
      fits, x, [&] { return layer_norm_by_kernel(x, weight, bias, eps); }, plain);
}

torch::Tensor group_norm(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias, double eps) {
  return guarded(x, NoKernel(), [&] {
    const auto dtype = x.scalar_type();  // as in layer_norm
    return at::group_norm(x, 1, weight.to(dtype), bias.to(dtype), eps);
  });
}

torch::Tensor grn(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  const auto plain = [&] {
    const double eps = 1e-6;
    const auto of_channels = [&](const torch::Tensor& numbers) {
      return numbers.view({1, -1, 1, 1}).to(x.scalar_type());
    };
    // The library's norm has gradient 0 at 0.
    const torch::Tensor size = at::norm(x, 2, {2, 3}, /*keepdim=*/true);
    const torch::Tensor share = size / (size.mean(1, /*keepdim=*/true) + eps);
    return at::addcmul(of_channels(bias), x, share * of_channels(weight) + 1.0);
  };
  const bool fits = weight.scalar_type() == torch::kFloat && x.numel() > 0;
  return guarded_where(
      fits, x, [&] { return grn_by_kernel(x, weight, bias); }, plain);
}

torch::Tensor batch_norm(const torch::Tensor& x, const BatchNormArguments& a, bool relu) {
  const auto plain = [&] {
    const torch::Tensor y = at::batch_norm(x, a.weight, a.bias, a.running_mean, a.running_var, a.training, a.momentum,
                                           a.eps, /*cudnn_enabled=*/true);
    return relu ? at::relu(y) : y;
  };
  const bool fits = a.weight.scalar_type() == torch::kFloat && x.numel() > 0;
  return guarded_where(
      fits, x, [&] { return batch_norm_by_kernel(x, a, relu); }, plain);
}

torch::Tensor relu(const torch::Tensor& x) {
  return guarded(x, NoKernel(), [&] { return at::relu(x); });
}

torch::Tensor gelu(const torch::Tensor& x) {
  return guarded(
      x, [&] { return gelu_by_kernel(x); }, [&] { return at::gelu(x); });
}

torch::Tensor convolution_of_gelu(const torch::Tensor& x, const torch::Tensor& weight, const torch::Tensor& bias,
                                  const plan::LayerSpec& spec) {
  const bool fits = weight.scalar_type() == torch::kFloat && x.numel() > 0 && is_pointwise(spec);
  return guarded_where(
      fits, x, [&] { return pointwise_convolution_of_gelu(x, weight, bias); },
      [&] { return convolution(ops::gelu(x), weight, bias, spec); });
}

torch::Tensor max_pool(const torch::Tensor& x, const plan::LayerSpec& spec) {
  return guarded(x, NoKernel(), [&] {
    return at::max_pool2d(x, {spec.kernel, spec.kernel}, {spec.stride, spec.stride}, {spec.padding, spec.padding});
  });
}

torch::Tensor pool_minus_input(const torch::Tensor& x, const plan::LayerSpec& spec) {
  return guarded(x, NoKernel(), [&] {
    return at::avg_pool2d(x, {spec.kernel, spec.kernel}, {1, 1}, {spec.padding, spec.padding}, /*ceil_mode=*/false,
                          /*count_include_pad=*/false) -
           x;
  });
}

torch::Tensor space_to_depth(const torch::Tensor& x) {
  return guarded(x, NoKernel(), [&] {
    // A row and a column too many are left out again.
    const bool pads = is_tracing() || x.size(2) % 2 != 0 || x.size(3) % 2 != 0;
    const torch::Tensor map = (pads ? at::constant_pad_nd(x, {0, 1, 0, 1}) : x).permute({0, 2, 3, 1});
    return map.unfold(1, 2, 2).unfold(2, 2, 2).permute({0, 1, 2, 5, 4, 3}).flatten(3).permute({0, 3, 1, 2});
  });
}

torch::Tensor mean_over_positions(const torch::Tensor& x) {
  return guarded(x, NoKernel(), [&] { return x.mean({2, 3}, /*keepdim=*/true); });
}

torch::Tensor scale_channels(const torch::Tensor& x, const torch::Tensor& scale) {
  return guarded(x, NoKernel(), [&] { return x * scale.view({1, -1, 1, 1}); });
}

torch::Tensor residual(const torch::Tensor& shortcut, const torch::Tensor& branch, const BranchScale& scale,
                       bool relu) {
  const auto plain = [&] {
    const torch::Tensor factor = factor_of(scale, branch);
    const torch::Tensor y = factor.defined() ? at::addcmul(shortcut, branch, factor) : shortcut + branch;
    return relu ? at::relu(y) : y;
  };
  const bool has_float_scale = !scale.of_channels.defined() || scale.of_channels.scalar_type() == torch::kFloat;
  const bool fits = has_float_scale && shortcut.scalar_type() == branch.scalar_type() &&
                    shortcut.sizes() == branch.sizes() && branch.numel() > 0;
  return guarded_where(
      fits, branch, [&] { return residual_by_kernel(shortcut, branch, scale, relu); }, plain);
}

}  // namespace staircase::nn::ops
