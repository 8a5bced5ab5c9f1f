#include "staircase/nn/residual.h"

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/residual.h"

namespace staircase::nn::ops {
namespace {

using kernels::ResidualScale;
using kernels::ResidualShape;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

const float* data_or_null(const Tensor& numbers) { return numbers.defined() ? numbers.data_ptr<float>() : nullptr; }

/// Samples that are worth a thread.
int64_t least_samples(const ResidualShape& s) { return std::max<int64_t>(1, 16384 / (s.positions * s.channels)); }

/// gradient * scale, where y is positive or undefined.
Tensor scaled(const Tensor& gradient, const Tensor& y, const ResidualScale& scale) {
  const ResidualShape s = images_of(gradient);
  const void* from_y = y.defined() ? y.data_ptr() : nullptr;
  Tensor to = torch::empty_like(gradient);
  share_out(
      s.samples,
      [&](int64_t begin, int64_t end) {
        kernels::residual_gradient(s, element_of(gradient), gradient.data_ptr(), from_y, scale, to.data_ptr(), begin,
                                   end);
      },
      least_samples(s));
  return to;
}

Tensor scale_gradient(const Tensor& gradient, const Tensor& branch, const ResidualScale& scale) {
  const ResidualShape s = images_of(branch);
  const int64_t shares = kernels::residual_shares(s);
  const Tensor partial = torch::empty({shares, s.channels});
  share_out(shares, [&](int64_t begin, int64_t end) {
    kernels::residual_scale_gradient(s, element_of(branch), gradient.data_ptr(), branch.data_ptr(), scale,
                                     partial.data_ptr<float>(), begin, end);
  });
  return partial.sum(0);
}

struct Residual : torch::autograd::Function<Residual> {
  static Tensor forward(AutogradContext* context, const Tensor& given_shortcut, const Tensor& given_branch,
                        const c10::optional<Tensor>& of_channels, const c10::optional<Tensor>& of_samples, bool relu) {
    const Tensor shortcut = channels_last(given_shortcut), branch = channels_last(given_branch);
    const Tensor channels = of_channels ? of_channels->contiguous() : Tensor();
    const Tensor samples = of_samples ? of_samples->contiguous() : Tensor();
    const ResidualShape s = images_of(branch);
    const ResidualScale scale{data_or_null(channels), data_or_null(samples)};
    Tensor y = torch::empty_like(branch);
    share_out(
        s.samples,
        [&](int64_t begin, int64_t end) {
          kernels::residual_forward(s, element_of(branch), shortcut.data_ptr(), branch.data_ptr(), scale, relu,
                                    y.data_ptr(), begin, end);
        },
        least_samples(s));
    context->save_for_backward({relu ? y : Tensor(), channels.defined() ? branch : Tensor(), channels, samples});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor &y = saved[0], &branch = saved[1], &channels = saved[2], &samples = saved[3];
    const Tensor gradient = channels_last(outputs[0]);
    const ResidualScale scale{data_or_null(channels), data_or_null(samples)};
    const Tensor passed = y.defined() ? scaled(gradient, y, {nullptr, nullptr}) : gradient;
    const bool is_scaled = channels.defined() || samples.defined();
    const Tensor of_channels =
        channels.defined() && context->needs_input_grad(2) ? scale_gradient(passed, branch, scale) : Tensor();
    return {passed, is_scaled ? scaled(passed, Tensor(), scale) : passed, of_channels, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor residual_by_kernel(const Tensor& shortcut, const Tensor& branch, const BranchScale& scale, bool relu) {
  return Residual::apply(shortcut, branch, optional(scale.of_channels), optional(scale.of_samples), relu);
}

}  // namespace staircase::nn::ops
