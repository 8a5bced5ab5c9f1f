#pragma once

#include <set>
#include <string>

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/ir.h>

namespace staircase::tests {

/// What a TorchScript graph calls, in all its blocks: "aten::conv2d", "prim::Constant".
inline std::set<std::string> graph_operators(at::ArrayRef<const torch::jit::Block*> blocks) {
  std::set<std::string> operators;
  for (const torch::jit::Block* block : blocks)
    for (const torch::jit::Node* node : block->nodes()) {
      operators.insert(node->kind().toQualString());
      operators.merge(graph_operators(node->blocks()));
    }
  return operators;
}

inline std::set<std::string> graph_operators(torch::jit::Graph& graph) { return graph_operators({graph.block()}); }

/// Those of them that are neither aten's nor TorchScript's own.
inline std::set<std::string> foreign_operators(torch::jit::Graph& graph) {
  std::set<std::string> foreign;
  for (const std::string& name : graph_operators(graph))
    if (!name.starts_with("aten::") && !name.starts_with("prim::")) foreign.insert(name);
  return foreign;
}

/// The graph of function(x).
template <class Function>
std::shared_ptr<torch::jit::Graph> traced(const torch::Tensor& x, const Function& function) {
  const auto call = [&](torch::jit::Stack inputs) { return torch::jit::Stack{function(inputs.at(0).toTensor())}; };
  return torch::jit::tracer::trace({x}, call, [](const torch::Tensor&) { return std::string(); }).first->graph;
}

}  // namespace staircase::tests
