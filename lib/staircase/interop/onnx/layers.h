#pragma once

#include <functional>
#include <string>

#include "staircase/interop/onnx/graph.h"
#include "staircase/plan/plan.h"

namespace staircase::interop {

/// Whether a network has layers that are written for one size of image alone.
bool is_of_one_size(const plan::ModelPlan& plan);

/// Adds the nodes of a network in evaluation mode. `tensor_of`: its tensors by name, as nn::named_state has them.
/// `input`: (N, C, H, W) float of the plan's image size. Returns the logits.
std::string add_network(OnnxGraph& graph, const plan::ModelPlan& plan, const std::string& input,
                        const std::function<torch::Tensor(const std::string&)>& tensor_of);

}  // namespace staircase::interop
