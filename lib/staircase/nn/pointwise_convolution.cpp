#include "staircase/nn/pointwise_convolution.h"

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/gelu.h"
#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/instruction_set.h"
#include "staircase/nn/kernels/pointwise.h"
#include "staircase/nn/libtorch.h"
#include "staircase/nn/part_scope.h"

namespace staircase::nn::ops {
namespace {

using kernels::PointwiseShape;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

PointwiseShape shape_of(const Tensor& x, const Tensor& weight) {
  const kernels::Rows rows = rows_of(x);
  return {rows.count, rows.channels, weight.size(0)};
}

/// Where the library's preparations cost more than what it gains by them.
bool is_small(const PointwiseShape& s) { return s.in * s.out <= 65536 && s.rows * s.in * s.out <= (int64_t{1} << 28); }

/// Without AVX-512 the library multiplies bfloat16 more slowly than floats.
bool by_kernel(const PointwiseShape& s, const Tensor& x) {
  return is_small(s) || (x.scalar_type() == torch::kBFloat16 && !kernels::has_avx512());
}

/// (N, C, H, W) as (rows, C), without a copy.
Tensor as_rows(const Tensor& x) { return x.permute({0, 2, 3, 1}).reshape({-1, x.size(1)}); }

/// Parameters with what the library keeps of them beside x: who multiplies follows the number of rows, and a row's
/// result must not.
Tensor rounded_for(const Tensor& x, const Tensor& parameter) { return parameter.to(x.scalar_type()).to(torch::kFloat); }

/// y = x * matrix + bias, where element (i, o) of the matrix lies at i * in_stride + o * out_stride of the weight.
void multiply(const PointwiseShape& s, const Tensor& x, const Tensor& weight, int64_t in_stride, int64_t out_stride,
              const float* bias, const Tensor& y) {
  Tensor packed = torch::empty({kernels::packed_matrix_size(s.in, s.out)});
  kernels::pack_matrix(s.in, s.out, rounded_for(x, weight).data_ptr<float>(), in_stride, out_stride,
                       packed.data_ptr<float>());
  const void* from = x.data_ptr();
  void* to = y.data_ptr();
  constexpr int64_t worth_a_thread = 1 << 18;  // products
  share_out(
      s.rows,
      [&](int64_t begin, int64_t end) {
        kernels::multiply_rows(s, element_of(x), from, packed.data_ptr<float>(), bias, to, begin, end);
      },
      std::max<int64_t>(1, worth_a_thread / (s.in * s.out)));
}

Tensor input_gradient(const PointwiseShape& s, const Tensor& x, const Tensor& weight, const Tensor& gradient) {
  if (!by_kernel(s, x))
    return at::mm(as_rows(gradient), weight.flatten(1).to(x.scalar_type()))
        .view({x.size(0), x.size(2), x.size(3), x.size(1)})
        .permute({0, 3, 1, 2});
  const Tensor of_x = torch::empty_like(x);
  multiply({s.rows, s.out, s.in}, gradient, weight, s.in, 1, nullptr, of_x);
  return of_x;
}

struct ParameterGradients {
  Tensor weight, bias;
};

ParameterGradients parameter_gradients_by_kernel(const PointwiseShape& s, const Tensor& x, const Tensor& weight,
                                                 const Tensor& gradient, bool of_bias) {
  ParameterGradients gradients{torch::empty_like(weight), of_bias ? torch::empty({s.out}) : Tensor()};
  const int64_t shares = kernels::pointwise_shares(s);
  Tensor partial = torch::empty({shares * kernels::pointwise_share_size(s)});
  share_out(shares, [&](int64_t begin, int64_t end) {
    kernels::pointwise_weight_gradient(s, element_of(x), x.data_ptr(), gradient.data_ptr(), partial.data_ptr<float>(),
                                       begin, end);
  });
  kernels::add_pointwise_shares(s, partial.data_ptr<float>(), gradients.weight.data_ptr<float>(),
                                of_bias ? gradients.bias.data_ptr<float>() : nullptr);
  return gradients;
}

ParameterGradients parameter_gradients_by_blocks(const PointwiseShape& s, const Tensor& x, const Tensor& weight,
                                                 const Tensor& gradient, bool of_bias) {
  const kernels::PointwiseBlocks blocks(s);
  const Tensor of_weight = torch::empty({blocks.shares, s.out, s.in}), of_offset = torch::empty({blocks.shares, s.out});
  share_out(blocks.tasks(), [&](int64_t begin, int64_t end) {
    kernels::pointwise_block_gradients(s, element_of(x), x.data_ptr(), gradient.data_ptr(), of_weight.data_ptr<float>(),
                                       of_bias ? of_offset.data_ptr<float>() : nullptr, begin, end);
  });
  return {of_weight.sum(0).view(weight.sizes()), of_bias ? of_offset.sum(0) : Tensor()};
}

/// As products of matrices: the convolution's own backward prepares its weights and gradients anew each time.
ParameterGradients parameter_gradients(const PointwiseShape& s, const Tensor& x, const Tensor& weight,
                                       const Tensor& gradient, bool of_bias) {
  if (is_small(s)) return parameter_gradients_by_kernel(s, x, weight, gradient, of_bias);
  if (by_kernel(s, x)) return parameter_gradients_by_blocks(s, x, weight, gradient, of_bias);
  const Tensor of_y = as_rows(gradient);
  return {at::mm(of_y.t(), as_rows(x)).to(torch::kFloat).view(weight.sizes()),
          of_bias ? of_y.sum(0, /*keepdim=*/false, torch::kFloat) : Tensor()};
}

Tensor convolve(const PointwiseShape& s, const Tensor& x, const Tensor& weight, const c10::optional<Tensor>& bias) {
  if (!by_kernel(s, x)) {
    const auto offset = bias ? c10::optional<Tensor>(bias->to(x.scalar_type())) : c10::nullopt;
    return at::conv2d(x, weight.to(x.scalar_type()), offset);
  }
  Tensor y = torch::empty({x.size(0), s.out, x.size(2), x.size(3)}, x.options(), torch::MemoryFormat::ChannelsLast);
  const Tensor offset = bias ? rounded_for(x, *bias).contiguous() : Tensor();
  multiply(s, x, weight, 1, s.in, bias ? offset.data_ptr<float>() : nullptr, y);
  return y;
}

/// gelu(x), and its gradient made that of x, where it is defined.
Tensor timed_gelu(const Tensor& x, const Tensor& gradient) {
  const PartScope part("gelu");
  return gelu_again(x, gradient);
}

struct Pointwise : torch::autograd::Function<Pointwise> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& given_weight,
                        const c10::optional<Tensor>& bias, bool of_gelu) {
    const Tensor x = channels_last(input), weight = given_weight.contiguous();
    context->save_for_backward({x, weight});
    context->saved_data["has_bias"] = bias.has_value();
    context->saved_data["of_gelu"] = of_gelu;
    return convolve(shape_of(x, weight), of_gelu ? timed_gelu(x, Tensor()) : x, weight, bias);
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const PointwiseShape s = shape_of(x, weight);
    const Tensor gradient = channels_last(outputs[0].to(x.scalar_type()));
    const bool of_bias = context->saved_data["has_bias"].toBool() && context->needs_input_grad(2);
    const Tensor of_x = context->needs_input_grad(0) ? input_gradient(s, x, weight, gradient) : Tensor();
    const Tensor multiplied = context->saved_data["of_gelu"].toBool() ? timed_gelu(x, of_x) : x;
    ParameterGradients of_parameters;
    if (context->needs_input_grad(1) || of_bias)
      of_parameters = parameter_gradients(s, multiplied, weight, gradient, of_bias);
    return {of_x, of_parameters.weight, of_parameters.bias, Tensor()};
  }
};

Tensor convolution_of(const Tensor& x, const Tensor& weight, const Tensor& bias, bool of_gelu) {
  return Pointwise::apply(x, weight, optional(bias), of_gelu);
}

}  // namespace

bool is_pointwise(const plan::LayerSpec& spec) {
  return spec.kernel == 1 && spec.stride == 1 && spec.padding == 0 && spec.groups == 1;
}

Tensor pointwise_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  return convolution_of(wants_bfloat16(x.device().type()) ? x.to(torch::kBFloat16) : x, weight, bias, false);
}

Tensor pointwise_convolution_of_gelu(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  // Of floats GELU is float, and rounded after it.
  if (wants_bfloat16(x.device().type()) && x.scalar_type() != torch::kBFloat16)
    return pointwise_convolution(gelu_by_kernel(x), weight, bias);
  return convolution_of(x, weight, bias, true);
}

}  // namespace staircase::nn::ops
