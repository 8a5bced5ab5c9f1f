#include "staircase/nn/gelu.h"

#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/gelu.h"

namespace staircase::nn::ops {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

template <class T>
T* at_element(T* data, const Tensor& x, int64_t index) {
  using Byte = std::conditional_t<std::is_const_v<T>, const char, char>;
  return static_cast<Byte*>(data) + index * x.element_size();
}

Tensor gelu_of(const Tensor& x) {
  Tensor y = torch::empty_like(x);
  const void* from = x.data_ptr();
  void* to = y.data_ptr();
  over_elements(x.numel(), [&](int64_t first, int64_t count) {
    kernels::gelu_forward(element_of(x), at_element(from, x, first), at_element(to, x, first), count);
  });
  return y;
}

struct Gelu : torch::autograd::Function<Gelu> {
  static Tensor forward(AutogradContext* context, const Tensor& input) {
    const Tensor x = input.is_non_overlapping_and_dense() ? input : input.contiguous();
    context->save_for_backward({x});
    return gelu_of(x);
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    refuse_second_derivative();
    const Tensor x = context->get_saved_variables()[0];
    const Tensor gradient = in_layout_of(x, outputs[0]);
    Tensor of_x = torch::empty_like(x);
    const void *from = x.data_ptr(), *by = gradient.data_ptr();
    void* to = of_x.data_ptr();
    over_elements(x.numel(), [&](int64_t first, int64_t count) {
      kernels::gelu_input_gradient(element_of(x), at_element(from, x, first), at_element(by, x, first),
                                   at_element(to, x, first), count);
    });
    return {of_x};
  }
};

}  // namespace

Tensor gelu_by_kernel(const Tensor& x) { return Gelu::apply(x); }

Tensor gelu_again(const Tensor& x, const Tensor& gradient) {
  if (!gradient.defined()) return gelu_of(x);
  Tensor y = torch::empty_like(x);
  const void* from = x.data_ptr();
  void *by = gradient.data_ptr(), *to = y.data_ptr();
  over_elements(x.numel(), [&](int64_t first, int64_t count) {
    kernels::gelu_again(element_of(x), at_element(from, x, first), at_element(by, x, first), at_element(to, x, first),
                        count);
  });
  return y;
}

}  // namespace staircase::nn::ops
