#include "staircase/interop/deployed.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"

namespace staircase::interop {
namespace fs = std::filesystem;
namespace {

std::string sizes_text(at::IntArrayRef sizes) {
  std::vector<std::string> texts;
  for (const int64_t size : sizes) texts.push_back(std::to_string(size));
  return "(" + join(texts) + ")";
}

class TorchScriptFile : public DeployedNetwork {
 public:
  TorchScriptFile(const fs::path& path, torch::Device device) : DeployedNetwork(path, "LibTorch " TORCH_VERSION) {
    torch::jit::ExtraFilesMap extra;
    for (const char* name : export_metadata_names) extra[name] = "";
    try {
      module_ = torch::jit::load(file(), device, extra);
    } catch (const std::exception& error) {
      throw RequestError(file() + ": is no TorchScript file: " + cause_of(error));
    }
    module_.eval();
    set_exported_as({extra.begin(), extra.end()});
  }

  torch::Tensor run(const torch::Tensor& images) override {
    const torch::NoGradGuard no_grad;
    const torch::jit::IValue output = module_.forward({images});
    if (!output.isTensor()) throw std::runtime_error("it gives a " + output.tagKind() + " and no tensor of logits");
    return output.toTensor();
  }

 private:
  torch::jit::Module module_;
};

}  // namespace

void check_readable(const fs::path& file) {
  errno = 0;
  if (fs::is_directory(file)) throw RequestError(file.string() + ": is a folder");
  if (!std::ifstream(file)) throw RequestError(file.string() + ": cannot be read: " + std::strerror(errno));
}

DeployedNetwork::DeployedNetwork(const fs::path& file, std::string runtime)
    : file_(file.string()), runtime_(std::move(runtime)) {
  check_readable(file);
}

void DeployedNetwork::set_exported_as(const std::map<std::string, std::string>& metadata) {
  exported_as_ = read_export_metadata(metadata, file_);
  if (!exported_as_) return;
  input_.pixels = exported_as_->preprocessing;
  input_.channels = exported_as_->model.in_channels;
}

void DeployedNetwork::check_takes(const torch::Tensor& images) {
  try {
    (void)run(images);
  } catch (const std::exception& error) {
    throw RequestError(file_ + ": does not take images of shape " + sizes_text(images.sizes()) + ": " +
                       cause_of(error));
  }
}

std::string cause_of(const std::exception& error) {
  const auto* of_libtorch = dynamic_cast<const c10::Error*>(&error);
  std::string text = of_libtorch ? of_libtorch->what_without_backtrace() : error.what();
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  // TorchScript ends with the cause, "RuntimeError: ..."; LibTorch itself begins with it.
  if (const size_t at = text.rfind("\nRuntimeError: "); at != std::string::npos) text = text.substr(at + 15);
  return text.substr(0, text.find('\n'));
}

std::unique_ptr<DeployedNetwork> open_torchscript(const fs::path& file, torch::Device device) {
  return std::make_unique<TorchScriptFile>(file, device);
}

}  // namespace staircase::interop
