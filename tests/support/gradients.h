#pragma once

#include <functional>
#include <vector>

#include <ATen/Parallel.h>
#include <torch/types.h>

#include "support/catch.h"

/// An operation's output and gradients, beside those of another.
namespace staircase::tests {

using Tensors = std::vector<torch::Tensor>;
using Operation = std::function<torch::Tensor(const Tensors& inputs)>;

/// The output, then the gradient of every input; inputs may be undefined.
inline Tensors output_and_gradients(const Operation& operation, const Tensors& inputs, const torch::Tensor& gradient) {
  Tensors leaves, results;
  for (const torch::Tensor& input : inputs) leaves.push_back(input.defined() ? input.detach().requires_grad_() : input);
  const torch::Tensor output = operation(leaves);
  output.backward(gradient.to(output.scalar_type()));
  results.push_back(output.detach());
  for (const torch::Tensor& leaf : leaves) results.push_back(leaf.defined() ? leaf.grad() : leaf);
  return results;
}

inline torch::Tensor in_double(const torch::Tensor& x) { return x.defined() ? x.to(torch::kDouble) : x; }

inline Tensors in_double(Tensors tensors) {
  for (torch::Tensor& each : tensors) each = in_double(each);
  return tensors;
}

/// The largest difference as a share of the largest number, or of `least` where all are smaller.
inline double error(const torch::Tensor& a, const torch::Tensor& b, double least = 1e-3) {
  REQUIRE(a.sizes() == b.sizes());
  const torch::Tensor off = (in_double(a) - in_double(b)).abs().max();
  return (off / in_double(b).abs().max().clamp_min(least)).item<double>();
}

inline void check_close(const Tensors& a, const Tensors& b, double tolerance) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    INFO((i == 0 ? "output" : "gradient of input " + std::to_string(i - 1)));
    REQUIRE(a[i].defined() == b[i].defined());
    if (a[i].defined()) CHECK(error(a[i], b[i]) < tolerance);
  }
}

inline void check_equal(const Tensors& a, const Tensors& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) CHECK((a[i].defined() ? torch::equal(a[i], b[i]) : !b[i].defined()));
}

/// The same numbers with strides that no kernel can take as they are. x: (N, C, H, W).
inline torch::Tensor strided(const torch::Tensor& x) {
  return x.permute({0, 3, 2, 1}).contiguous().permute({0, 3, 2, 1});
}

/// of() with this many threads.
template <class Of>
auto with_threads(int threads, const Of& of) {
  const int before = at::get_num_threads();
  at::set_num_threads(threads);
  auto result = of();
  at::set_num_threads(before);
  return result;
}

/// That the gradient of a gradient is refused with a sentence.
inline void check_no_second_derivative(const Operation& operation, const Tensors& inputs) {
  Tensors leaves;
  for (const torch::Tensor& input : inputs) leaves.push_back(input.detach().requires_grad_());
  const torch::Tensor sum = operation(leaves).sum();
  CHECK_THROWS_WITH(sum.backward({}, /*retain_graph=*/true, /*create_graph=*/true),
                    ContainsSubstring("gradient of a gradient"));
}

}  // namespace staircase::tests
