#include "staircase/nn/grn.h"

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/grn.h"

namespace staircase::nn::ops {
namespace {

using kernels::Images;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double least_level = 1e-6;

/// Sums over the positions of each sample, made by the tasks of a kernel: (N, sums, C).
template <class Kernel>
Tensor sums_of(const Images& s, int64_t sums, const Kernel& kernel) {
  const Tensor partial = torch::empty({s.samples, kernels::grn_slices(s), sums, s.channels});
  share_out(kernels::grn_tasks(s), [&](int64_t begin, int64_t end) { kernel(partial.data_ptr<float>(), begin, end); });
  return partial.sum(1);
}

struct Grn : torch::autograd::Function<Grn> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& given_bias) {
    const Tensor x = channels_last(input), bias = given_bias.contiguous();
    const Images s = images_of(x);
    const Tensor norms = sums_of(s, 1,
                                 [&](float* sums, int64_t begin, int64_t end) {
                                   kernels::grn_squares(s, element_of(x), x.data_ptr(), sums, begin, end);
                                 })
                             .squeeze(1)
                             .sqrt();
    const Tensor level = norms.mean(1, /*keepdim=*/true) + least_level, factors = norms / level * weight + 1.0;
    Tensor y = torch::empty_like(x);
    share_out(kernels::grn_tasks(s), [&](int64_t begin, int64_t end) {
      kernels::grn_forward(s, element_of(x), x.data_ptr(), factors.data_ptr<float>(), bias.data_ptr<float>(),
                           y.data_ptr(), begin, end);
    });
    context->save_for_backward({x, weight, norms, level, factors});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &norms = saved[2], &level = saved[3], &factors = saved[4];
    const Images s = images_of(x);
    const Tensor gradient = in_layout_of(x, outputs[0]);
    const Tensor sums = sums_of(s, 2, [&](float* to, int64_t begin, int64_t end) {
      kernels::grn_gradient_sums(s, element_of(x), x.data_ptr(), gradient.data_ptr(), to, begin, end);
    });
    const Tensor products = sums.select(1, 0), shares = norms / level, of_shares = products * weight;
    const Tensor of_norms = (of_shares - (of_shares * shares).mean(1, /*keepdim=*/true)) / level;
    // The gradient of a norm is x over the norm, and 0 where that is 0.
    const Tensor slopes = at::where(norms > 0, of_norms / norms, at::zeros_like(norms)).contiguous();
    Tensor of_x = torch::empty_like(x);
    share_out(kernels::grn_tasks(s), [&](int64_t begin, int64_t end) {
      kernels::grn_input_gradient(s, element_of(x), x.data_ptr(), gradient.data_ptr(), factors.data_ptr<float>(),
                                  slopes.data_ptr<float>(), of_x.data_ptr(), begin, end);
    });
    return {of_x, (products * shares).sum(0), sums.select(1, 1).sum(0)};
  }
};

}  // namespace

Tensor grn_by_kernel(const Tensor& x, const Tensor& weight, const Tensor& bias) { return Grn::apply(x, weight, bias); }

}  // namespace staircase::nn::ops
