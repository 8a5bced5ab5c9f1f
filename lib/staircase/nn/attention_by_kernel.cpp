#include "staircase/nn/attention_by_kernel.h"

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/attention.h"

namespace staircase::nn::ops {
namespace {

using kernels::AttentionShape;
using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class T>
const T* data_or_null(const Tensor& numbers) {
  return numbers.defined() ? numbers.data_ptr<T>() : nullptr;
}

kernels::AttentionWindows windows_in(const Tensor& rows, const Tensor& regions, const Tensor& bias) {
  return {data_or_null<int32_t>(rows), data_or_null<int32_t>(regions), data_or_null<float>(bias)};
}

AttentionShape shape_of(const Tensor& qkv, int64_t heads, int64_t length) {
  return {qkv.size(0), qkv.size(2) * qkv.size(3), heads, qkv.size(1) / 3 / heads, length};
}

struct Attention : torch::autograd::Function<Attention> {
  static Tensor forward(AutogradContext* context, const Tensor& given, const c10::optional<Tensor>& given_bias,
                        const c10::optional<Tensor>& rows, const c10::optional<Tensor>& regions, int64_t heads,
                        int64_t length) {
    const Tensor qkv = channels_last(given), bias = given_bias ? given_bias->contiguous() : Tensor(),
                 of_windows = rows.value_or(Tensor()), of_regions = regions.value_or(Tensor());
    const AttentionShape s = shape_of(qkv, heads, length);
    Tensor y = torch::empty({s.images, s.channels(), qkv.size(2), qkv.size(3)}, qkv.options(),
                            torch::MemoryFormat::ChannelsLast);
    const Tensor log_sums = torch::empty({kernels::attention_tasks(s), length});
    share_out(kernels::attention_tasks(s), [&](int64_t begin, int64_t end) {
      kernels::attention_forward(s, element_of(qkv), qkv.data_ptr(), windows_in(of_windows, of_regions, bias),
                                 y.data_ptr(), log_sums.data_ptr<float>(), begin, end);
    });
    context->save_for_backward({qkv, log_sums, of_windows, of_regions, bias});
    context->saved_data["heads"] = heads;
    context->saved_data["length"] = length;
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const auto saved = context->get_saved_variables();
    const Tensor &qkv = saved[0], &log_sums = saved[1], &bias = saved[4];
    const AttentionShape s = shape_of(qkv, context->saved_data["heads"].toInt(), context->saved_data["length"].toInt());
    const Tensor gradient = channels_last(outputs[0].to(qkv.scalar_type()));
    const int64_t shares = kernels::attention_shares(s, bias.defined());
    const Tensor sums = bias.defined() ? torch::empty({shares, s.heads, s.length, s.bias_stride()}) : Tensor();
    Tensor of_qkv = torch::empty_like(qkv);
    share_out(kernels::attention_gradient_tasks(s, bias.defined()), [&](int64_t begin, int64_t end) {
      kernels::attention_gradients(s, element_of(qkv), qkv.data_ptr(), gradient.data_ptr(),
                                   windows_in(saved[2], saved[3], bias), log_sums.data_ptr<float>(), of_qkv.data_ptr(),
                                   sums.defined() ? sums.data_ptr<float>() : nullptr, begin, end);
    });
    return {of_qkv, sums.defined() ? sums.sum(0) : Tensor(), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Tensor attention_by_kernel(const Tensor& qkv, int64_t heads, const AttentionWindows& windows) {
  Tensor bias = windows.bias;
  if (bias.defined())
    bias = at::constant_pad_nd(bias, {0, shape_of(qkv, heads, windows.length).bias_stride() - windows.length});
  return Attention::apply(qkv, optional(bias), optional(windows.rows), optional(windows.regions), heads,
                          windows.length);
}

}  // namespace staircase::nn::ops
