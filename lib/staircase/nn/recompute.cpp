#include "staircase/nn/recompute.h"

#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/libtorch.h"

namespace staircase::nn {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What the second run needs beside tensors.
struct FirstRun : torch::CustomClassHolder {
  std::function<Tensor(const Tensor&)> operation;
  variable_list buffers;
  bool bf16 = false;  ///< of the forward pass's scope, which is over by then
};

/// Buffers that end as they began.
class KeptBuffers {
 public:
  explicit KeptBuffers(const variable_list& buffers) : buffers_(buffers) {
    for (const Tensor& each : buffers_) values_.push_back(each.clone());
  }
  ~KeptBuffers() {
    const torch::NoGradGuard no_grad;
    for (size_t i = 0; i < buffers_.size(); ++i) Tensor(buffers_[i]).copy_(values_[i]);
  }
  KeptBuffers(const KeptBuffers&) = delete;
  KeptBuffers& operator=(const KeptBuffers&) = delete;

 private:
  const variable_list& buffers_;
  variable_list values_;
};

/// The output of the second run, with its graph.
Tensor run_again(const FirstRun& first, const Tensor& x) {
  const KeptBuffers kept(first.buffers);
  const at::AutoGradMode with_graph(true);
  const Bfloat16Scope bf16(first.bf16, x.device().type());
  return first.operation(x);
}

struct Recomputed : torch::autograd::Function<Recomputed> {
  static Tensor forward(AutogradContext* context, const c10::intrusive_ptr<FirstRun>& run, const Tensor& x,
                        at::TensorList parameters) {
    run->bf16 = wants_bfloat16(x.device().type());
    variable_list saved{x};
    saved.insert(saved.end(), parameters.begin(), parameters.end());
    context->save_for_backward(saved);
    context->saved_data["run"] = c10::IValue::make_capsule(run);
    return run->operation(x);
  }

  static variable_list backward(AutogradContext* context, variable_list outputs) {
    ops::refuse_second_derivative();
    variable_list inputs = context->get_saved_variables();
    const auto run = c10::static_intrusive_pointer_cast<FirstRun>(context->saved_data["run"].toCapsule());
    inputs[0] = inputs[0].detach().requires_grad_(context->needs_input_grad(0));
    const Tensor y = run_again(*run, inputs[0]);
    variable_list wanted;
    for (const Tensor& each : inputs)
      if (each.requires_grad()) wanted.push_back(each);
    const variable_list found = torch::autograd::grad({y}, wanted, outputs, /*retain_graph=*/false,
                                                      /*create_graph=*/false, /*allow_unused=*/true);
    variable_list gradients{Tensor()};  // of the run
    size_t next = 0;
    for (const Tensor& each : inputs) gradients.push_back(each.requires_grad() ? found[next++] : Tensor());
    return gradients;
  }
};

}  // namespace

Tensor recomputed(const torch::nn::Module& module, const std::function<Tensor(const Tensor&)>& operation,
                  const Tensor& x) {
  if (!module.is_training() || !at::GradMode::is_enabled()) return operation(x);
  auto run = c10::make_intrusive<FirstRun>();
  run->operation = operation;
  run->buffers = module.buffers();
  const variable_list parameters = module.parameters();
  return Recomputed::apply(run, x, at::TensorList(parameters));
}

}  // namespace staircase::nn
