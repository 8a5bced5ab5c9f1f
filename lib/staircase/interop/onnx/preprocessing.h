#pragma once

#include <string>

#include "staircase/interop/model_file.h"
#include "staircase/interop/onnx/graph.h"

namespace staircase::interop {

/// Adds what prepare_image() does, to the bit. image: uint8 (N, H, W, C) of any size, C as the network has it ->
/// (N, C, S, S) float. Resizing is Pillow's: sums of integers, which float64 holds exactly.
std::string add_preprocessing(OnnxGraph& graph, const ModelDescription& description, const std::string& image);

}  // namespace staircase::interop
