#include "staircase/nn/layer_norm.h"

#include <algorithm>

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/layer_norm.h"

namespace staircase::nn::ops {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// moments: (2, rows).
kernels::RowMoments moments_in(const Tensor& moments) {
  float* data = moments.data_ptr<float>();
  return {data, data + moments.size(1)};
}

struct LayerNorm : torch::autograd::Function<LayerNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias,
                        double eps) {
    const Tensor x = channels_last(input), scale = weight.contiguous(), offset = bias.contiguous();
    const kernels::Rows rows = rows_of(x);
    const Tensor moments = torch::empty({2, rows.count});
    Tensor y = torch::empty_like(x);
    share_out(
        rows.count,
        [&](int64_t begin, int64_t end) {
          kernels::layer_norm_forward(rows, element_of(x), x.data_ptr(), scale.data_ptr<float>(),
                                      offset.data_ptr<float>(), static_cast<float>(eps), y.data_ptr(),
                                      moments_in(moments), begin, end);
        },
        /*least=*/std::max<int64_t>(1, 8192 / rows.channels));
    context->save_for_backward({x, scale, moments});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1], &moments = saved[2];
    const Tensor gradient = in_layout_of(x, outputs[0]);
    const kernels::Rows rows = rows_of(x);
    const int64_t shares = kernels::layer_norm_shares(rows);
    Tensor of_x = torch::empty_like(x), sums = torch::empty({shares, 2, rows.channels});
    share_out(shares, [&](int64_t begin, int64_t end) {
      kernels::layer_norm_gradients(rows, element_of(x), x.data_ptr(), gradient.data_ptr(), weight.data_ptr<float>(),
                                    moments_in(moments), of_x.data_ptr(), sums.data_ptr<float>(), begin, end);
    });
    const Tensor of_parameters = sums.sum(0);
    return {of_x, of_parameters[0], of_parameters[1], Tensor()};
  }
};

}  // namespace

Tensor layer_norm_by_kernel(const Tensor& x, const Tensor& weight, const Tensor& bias, double eps) {
  return LayerNorm::apply(x, weight, bias, eps);
}

}  // namespace staircase::nn::ops
