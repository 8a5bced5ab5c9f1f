#include "staircase/nn/batch_norm.h"

#include <cmath>

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/batch_norm.h"

namespace staircase::nn::ops {
namespace {

using kernels::Rows;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What is kept of each channel for the way back. numbers: (4, C).
struct Channels {
  explicit Channels(const Tensor& numbers)
      : mean(numbers.data_ptr<float>()),
        scale(mean + numbers.size(1)),
        gain(scale + numbers.size(1)),
        bias(gain + numbers.size(1)) {}

  kernels::BatchNormChannels of_kernel(bool relu) const { return {mean, gain, bias, relu}; }

  float *mean, *scale, *gain, *bias;  ///< scale: 1 / sqrt(variance + eps); gain: weight * scale
};

/// Means, and in `scale` the sums of squared distances from them.
void take_moments(const Rows& rows, const Tensor& x, const Channels& to) {
  const int64_t shares = kernels::batch_norm_shares(rows);
  Tensor partial = torch::empty({shares, 2, rows.channels});
  share_out(shares, [&](int64_t begin, int64_t end) {
    kernels::batch_norm_moments(rows, element_of(x), x.data_ptr(), partial.data_ptr<float>(), begin, end);
  });
  kernels::add_batch_norm_moments(rows, partial.data_ptr<float>(), to.mean, to.scale);
}

void fill_channels(const Rows& rows, const Tensor& x, const BatchNormArguments& a, const Channels& to) {
  const auto count = static_cast<double>(rows.count);
  float *running_mean = a.running_mean.data_ptr<float>(), *running_var = a.running_var.data_ptr<float>();
  const float *weight = a.weight.data_ptr<float>(), *bias = a.bias.data_ptr<float>();
  if (a.training) take_moments(rows, x, to);
  for (int64_t c = 0; c < rows.channels; ++c) {
    double variance = running_var[c];
    if (a.training) {
      const double squares = to.scale[c];
      variance = squares / count;
      running_mean[c] = static_cast<float>((1 - a.momentum) * running_mean[c] + a.momentum * to.mean[c]);
      running_var[c] = static_cast<float>((1 - a.momentum) * running_var[c] + a.momentum * squares / (count - 1));
    } else {
      to.mean[c] = running_mean[c];
    }
    to.scale[c] = static_cast<float>(1 / std::sqrt(variance + a.eps));
    to.gain[c] = weight[c] * to.scale[c];
    to.bias[c] = bias[c];
  }
}

struct BatchNorm : torch::autograd::Function<BatchNorm> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias,
                        const BatchNormArguments& a, bool relu) {
    const Tensor x = channels_last(input);
    const Rows rows = rows_of(x);
    const Tensor numbers = torch::empty({4, rows.channels});
    const Channels channels(numbers);
    fill_channels(
        rows, x, {weight.contiguous(), bias.contiguous(), a.running_mean, a.running_var, a.training, a.momentum, a.eps},
        channels);
    Tensor y = torch::empty_like(x);
    share_out(kernels::batch_norm_shares(rows), [&](int64_t begin, int64_t end) {
      kernels::batch_norm_forward(rows, element_of(x), x.data_ptr(), channels.of_kernel(relu), y.data_ptr(), begin,
                                  end);
    });
    context->save_for_backward({x, numbers});
    context->saved_data["training"] = a.training;
    context->saved_data["relu"] = relu;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor& x = saved[0];
    const Tensor gradient = in_layout_of(x, outputs[0]);
    const Rows rows = rows_of(x);
    const Channels numbers(saved[1]);
    const auto channels = numbers.of_kernel(context->saved_data["relu"].toBool());
    const int64_t shares = kernels::batch_norm_shares(rows);
    const Tensor partial = torch::empty({shares, 2, rows.channels}), of_weight = torch::empty({rows.channels}),
                 of_bias = torch::empty({rows.channels});
    share_out(shares, [&](int64_t begin, int64_t end) {
      kernels::batch_norm_gradient_sums(rows, element_of(x), x.data_ptr(), gradient.data_ptr(), channels,
                                        partial.data_ptr<float>(), begin, end);
    });
    float *products = of_weight.data_ptr<float>(), *sums = of_bias.data_ptr<float>();
    kernels::add_batch_norm_sums(rows, partial.data_ptr<float>(), sums, products);
    const Tensor feedback = torch::zeros({2, rows.channels});
    float *shift = feedback.data_ptr<float>(), *slope = shift + rows.channels;
    const bool training = context->saved_data["training"].toBool();
    const float share = training ? 1.0F / static_cast<float>(rows.count) : 0.0F;
    for (int64_t c = 0; c < rows.channels; ++c) {
      products[c] *= numbers.scale[c];
      shift[c] = sums[c] * share;
      slope[c] = products[c] * numbers.scale[c] * share;
    }
    Tensor of_x;
    if (context->needs_input_grad(0)) {
      of_x = torch::empty_like(x);
      share_out(shares, [&](int64_t begin, int64_t end) {
        kernels::batch_norm_input_gradient(rows, element_of(x), x.data_ptr(), gradient.data_ptr(), channels,
                                           {shift, slope}, of_x.data_ptr(), begin, end);
      });
    }
    return {of_x, of_weight, of_bias, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor batch_norm_by_kernel(const Tensor& x, const BatchNormArguments& a, bool relu) {
  return BatchNorm::apply(x, a.weight, a.bias, a, relu);
}

}  // namespace staircase::nn::ops
