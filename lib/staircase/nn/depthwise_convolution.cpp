#include "staircase/nn/depthwise_convolution.h"

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/depthwise.h"
#include "staircase/nn/libtorch.h"

namespace staircase::nn::ops {
namespace {

using kernels::DepthwiseShape;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

DepthwiseShape shape_of(const Tensor& x, const Tensor& weight, int64_t stride, int64_t padding) {
  return {x.size(0), x.size(2), x.size(3), x.size(1), weight.size(2), stride, padding};
}

/// How kernels::pack_depthwise_weights finds a tensor's numbers.
struct WeightMemory {
  Tensor tensor;
  bool channels_last;
};

WeightMemory memory_of(const Tensor& weight) {
  const Tensor floats = weight.to(torch::kFloat);
  // Channels one after the other, whatever the strides of the dimension of one say.
  const bool taps_outside = floats.stride(0) == 1 && floats.stride(3) == floats.size(0) &&
                            floats.stride(2) == floats.size(0) * floats.size(3);
  return taps_outside ? WeightMemory{floats, true} : WeightMemory{floats.contiguous(), false};
}

Tensor packed(const DepthwiseShape& shape, const WeightMemory& weight, bool turned) {
  Tensor numbers = torch::empty({shape.packed_weights()});
  kernels::pack_depthwise_weights(shape, weight.tensor.data_ptr<float>(), weight.channels_last, turned,
                                  numbers.data_ptr<float>());
  return numbers;
}

struct WeightGradients {
  Tensor weight, bias;
};

WeightGradients weight_gradients(const DepthwiseShape& shape, const Tensor& x, const Tensor& gradient,
                                 const Tensor& weight, bool has_bias) {
  const int64_t tasks = kernels::depthwise_weight_tasks(shape), shares = tasks / shape.blocks();
  Tensor partial = torch::empty({shares * (shape.packed_weights() + shape.blocks() * DepthwiseShape::block)});
  float* to = partial.data_ptr<float>();
  share_out(tasks, [&](int64_t begin, int64_t end) {
    kernels::depthwise_weight_gradient(shape, element_of(x), x.data_ptr(), gradient.data_ptr(), to, begin, end);
  });
  const bool last = memory_of(weight).channels_last;
  WeightGradients gradients{torch::empty_like(last ? weight.detach() : weight.detach().contiguous()),
                            has_bias ? torch::empty({shape.channels}) : Tensor()};
  kernels::add_depthwise_shares(shape, to, last, gradients.weight.data_ptr<float>(),
                                has_bias ? gradients.bias.data_ptr<float>() : nullptr);
  return gradients;
}

struct Depthwise : torch::autograd::Function<Depthwise> {
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const c10::optional<Tensor>& bias, int64_t stride, int64_t padding) {
    const Tensor x = channels_last(input);
    const DepthwiseShape shape = shape_of(x, weight, stride, padding);
    Tensor y = torch::empty({shape.images, shape.channels, shape.out_height(), shape.out_width()}, x.options(),
                            torch::MemoryFormat::ChannelsLast);
    const Tensor taps = packed(shape, memory_of(weight), false);
    const Tensor offsets = bias ? bias->to(torch::kFloat).contiguous() : Tensor();
    const float* offset = offsets.defined() ? offsets.data_ptr<float>() : nullptr;
    share_out(kernels::depthwise_tasks(shape), [&](int64_t begin, int64_t end) {
      kernels::depthwise_forward(shape, element_of(x), x.data_ptr(), taps.data_ptr<float>(), offset, y.data_ptr(),
                                 begin, end);
    });
    context->save_for_backward({x, weight});
    context->saved_data["stride"] = stride;
    context->saved_data["padding"] = padding;
    context->saved_data["has_bias"] = bias.has_value();
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor &x = saved[0], &weight = saved[1];
    const Tensor gradient = channels_last(outputs[0].to(x.scalar_type()));
    const bool has_bias = context->saved_data["has_bias"].toBool();
    const DepthwiseShape shape =
        shape_of(x, weight, context->saved_data["stride"].toInt(), context->saved_data["padding"].toInt());
    Tensor of_x;
    if (context->needs_input_grad(0)) {
      of_x = torch::empty_like(x);
      const Tensor taps = packed(shape, memory_of(weight), true);
      share_out(kernels::depthwise_tasks(shape), [&](int64_t begin, int64_t end) {
        kernels::depthwise_input_gradient(shape, element_of(x), gradient.data_ptr(), taps.data_ptr<float>(),
                                          of_x.data_ptr(), begin, end);
      });
    }
    WeightGradients sums;
    if (context->needs_input_grad(1) || (has_bias && context->needs_input_grad(2)))
      sums = weight_gradients(shape, x, gradient, weight, has_bias);
    return {of_x, sums.weight, sums.bias, Tensor(), Tensor()};
  }
};

}  // namespace

bool has_depthwise_kernel(const plan::LayerSpec& spec) {
  const bool is_depthwise = spec.groups > 1 && spec.groups == spec.in && spec.in == spec.out;
  return is_depthwise && spec.padding < spec.kernel && (spec.stride == 1 || spec.kernel >= 5);
}

Tensor depthwise_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias, const plan::LayerSpec& spec) {
  const Tensor input = wants_bfloat16(x.device().type()) ? x.to(torch::kBFloat16) : x;
  return Depthwise::apply(input, weight, optional(bias), spec.stride, spec.padding);
}

}  // namespace staircase::nn::ops
