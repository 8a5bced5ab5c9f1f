#pragma once

#include <torch/types.h>

#include <filesystem>
#include <memory>

namespace staircase::interop {

/// Computes an ONNX file, operator by operator, as the format defines them, on the CPU: a second reading of what
/// export_onnx writes. It knows the operators that appear there, in opset 17.
/// Source: ONNX operators, https://onnx.ai/onnx/operators, versions of opset 17.
class OnnxRunner {
 public:
  /// Throws RequestError when the file cannot be read, or has an operator that is not known here.
  explicit OnnxRunner(const std::filesystem::path& file);
  ~OnnxRunner();

  /// The only output for the only input. Throws c10::Error where the shapes do not fit.
  torch::Tensor run(const torch::Tensor& input) const;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace staircase::interop
