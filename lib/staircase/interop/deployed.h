#pragma once

#include <torch/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "staircase/interop/export_metadata.h"

namespace staircase::interop {

/// What a deployed file takes: uint8 pixels (N, H, W, C), which it prepares itself, or float (N, C, H, W), normalized.
struct DeployedInput {
  bool pixels = false;
  int64_t channels = 3;
  std::optional<int64_t> batch, height_px, width_px;  ///< where the file says that it takes one size alone
};

/// A network in the file that others run it from, computed by what they compute it with.
class DeployedNetwork {
 public:
  virtual ~DeployedNetwork() = default;

  /// images: as input() says, contiguous, on the device that the file was opened for -> (N, classes) float.
  /// Throws the runtime's own exceptions.
  virtual torch::Tensor run(const torch::Tensor& images) = 0;

  /// Runs it once. Throws RequestError naming the file, the shape of images that it does not take, and why.
  void check_takes(const torch::Tensor& images);

  const std::string& file() const { return file_; }
  const DeployedInput& input() const { return input_; }
  /// What Staircase wrote into the file; empty: others made it.
  const std::optional<ExportedAs>& exported_as() const { return exported_as_; }
  /// "LibTorch 1.13.0", "ONNX Runtime 1.21.0".
  const std::string& runtime() const { return runtime_; }

 protected:
  /// Throws RequestError naming a file that cannot be read.
  DeployedNetwork(const std::filesystem::path& file, std::string runtime);
  void set_exported_as(const std::map<std::string, std::string>& metadata);

  DeployedInput input_;

 private:
  std::string file_, runtime_;
  std::optional<ExportedAs> exported_as_;
};

/// Throws RequestError naming a file that cannot be read.
void check_readable(const std::filesystem::path& file);

/// What an exception says was the cause, in one line, without what LibTorch tells around it.
std::string cause_of(const std::exception& error);

/// A TorchScript file, frozen or not. Throws RequestError naming the file: it cannot be read, or is no TorchScript.
std::unique_ptr<DeployedNetwork> open_torchscript(const std::filesystem::path& file, torch::Device device);

}  // namespace staircase::interop
