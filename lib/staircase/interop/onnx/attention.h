#pragma once

#include <string>

#include "staircase/interop/onnx/graph.h"
#include "staircase/plan/layer_spec.h"

namespace staircase::interop {

/// What an attention holds: the names of tensors in the graph, empty for a bias that it has not; and its table of
/// relative positions, undefined where it has none.
struct AttentionTensors {
  std::string qkv, qkv_bias, projection, projection_bias;
  torch::Tensor position_bias;
};

/// Adds what nn::ops::global_attention or window_attention computes. x: (N, C, H, W) of this size, which matters for
/// windows alone -> the same.
std::string add_attention(OnnxGraph& graph, const plan::LayerSpec& spec, const AttentionTensors& tensors,
                          const std::string& x, plan::ImageSize size);

}  // namespace staircase::interop
