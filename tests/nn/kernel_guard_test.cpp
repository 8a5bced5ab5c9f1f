#include "staircase/nn/kernel_guard.h"

#include <torch/library.h>

#include "support/catch.h"
#include "support/graph_operators.h"

namespace kernel_guard_test {

using namespace staircase;
using namespace staircase::nn;
using namespace staircase::tests;

// Stands for a kernel of ours: an operator that only this program knows.
TORCH_LIBRARY(staircase_test, library) {
  library.def("kernel(Tensor x) -> Tensor", [](const torch::Tensor& x) { return x + 1; });
}

namespace {

torch::Tensor kernel(const torch::Tensor& x) {
  static const auto call = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("staircase_test::kernel", "")
                               .typed<torch::Tensor(const torch::Tensor&)>();
  return call.call(x);
}

torch::Tensor guarded_kernel(const torch::Tensor& x) {
  return ops::guarded(
      x, [&] { return kernel(x); }, [&] { return x - 1; });
}

}  // namespace

TEST_CASE("A kernel runs on the CPU, and plain aten on a device without kernels", "[nn]") {
  const torch::Tensor x = torch::ones({2});
  CHECK(torch::equal(guarded_kernel(x), x + 1));
  bool plain = false;
  ops::guarded(
      torch::empty({2}, torch::kMeta), [&] { return x; },
      [&] {
        plain = true;
        return x;
      });
  CHECK(plain);
}

TEST_CASE("While tracing, a guarded operation is plain aten", "[nn]") {
  const torch::Tensor x = torch::ones({2});
  // That a kernel would be seen in a graph is the other half of the sentence.
  CHECK(foreign_operators(*traced(x, kernel)) == std::set<std::string>{"staircase_test::kernel"});
  const auto graph = traced(x, guarded_kernel);
  CHECK(foreign_operators(*graph).empty());
  CHECK(graph_operators(*graph).count("aten::sub") == 1);
  CHECK(torch::equal(guarded_kernel(x), x + 1));  // tracing is over
}

TEST_CASE("An operation without a kernel is plain aten everywhere", "[nn]") {
  const torch::Tensor x = torch::ones({2});
  CHECK(torch::equal(ops::guarded(x, ops::NoKernel(), [&] { return x - 1; }), x - 1));
}

}  // namespace kernel_guard_test
