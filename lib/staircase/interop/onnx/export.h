#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "staircase/interop/model_file.h"

namespace staircase::interop {

struct OnnxOptions {
  bool include_preprocessing = false;  ///< takes uint8 images of any size, as evaluation prepares them
  /// Weights of more bytes lie beside the file, in FILE.data: protobuf ends at 2 GB.
  int64_t most_bytes_inside = 1'900'000'000;
};

struct OnnxReport {
  double max_abs_diff = 0;  ///< of logits, file against network
  double bound = 0;         ///< that it was held to
  bool any_size = false;    ///< whether the network's part of the file takes images of any size, or of one
  std::vector<std::vector<int64_t>> verified_shapes;
  std::string runtime;  ///< that computed them beside runner.h, "ONNX Runtime 1.21.0"; empty: built without
  std::filesystem::path weights_file;  ///< empty: the weights lie inside
};

/// Writes a network as ONNX, opset 17, fp32, in evaluation mode, from its plan. Input "images": (N, C, H, W) float,
/// normalized; output "logits": (N, classes) float. N is free, and H and W where no table of positions and no windows
/// of an attention are made for one size; there they are description.data.image_size_px. With include_preprocessing the
/// input "image" is uint8 (N, H, W, C), of any size, red green blue, and is prepared as prepare_image() does.
/// metadata_props: config.json, classes.json, normalization.json, revision.txt, as TorchScript's extra files.
/// The file is held to ONNX's own checker, read again by runner.h and, where this program was built with it, by ONNX
/// Runtime, and compared at three shapes before it takes its place; one that differs is deleted.
/// Throws RequestError where this program was built without ONNX (Debian: libonnx-dev), std::runtime_error when the file differs or cannot be written.
OnnxReport export_onnx(nn::Classifier& model, const ModelDescription& description, const std::filesystem::path& path,
                       const OnnxOptions& options = {});

}  // namespace staircase::interop
