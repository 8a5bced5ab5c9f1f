#include "staircase/interop/onnx/onnx_runtime.h"

#include <onnxruntime_cxx_api.h>

#include <array>
#include <iostream>
#include <sstream>
#include <vector>

#include "staircase/base/errors.h"

namespace staircase::interop {
namespace fs = std::filesystem;
namespace {

std::string version_text() { return std::string("ONNX Runtime ") + OrtGetApiBase()->GetVersionString(); }

/// What a library prints on std::cerr is not heard as long as this lives.
class Muted {
 public:
  Muted() : before_(std::cerr.rdbuf(unheard_.rdbuf())) {}
  ~Muted() { std::cerr.rdbuf(before_); }
  Muted(const Muted&) = delete;
  Muted& operator=(const Muted&) = delete;

 private:
  std::ostringstream unheard_;
  std::streambuf* before_;
};

/// One for the process, as ONNX Runtime wants it; what it warns of is no result.
Ort::Env& environment() {
  static Ort::Env env(ORT_LOGGING_LEVEL_ERROR, "staircase");
  return env;
}

/// Debian's ONNX Runtime shares ONNX's list of operators with LibTorch and complains of each that is there already, when
/// the first file is opened.
Ort::Session open_session(const std::string& file, const Ort::SessionOptions& options) {
  const Muted muted;
  return Ort::Session(environment(), file.c_str(), options);
}

std::optional<int64_t> fixed(int64_t size) { return size > 0 ? std::optional(size) : std::nullopt; }

class OnnxFile : public DeployedNetwork {
 public:
  OnnxFile(const fs::path& path, int threads) : DeployedNetwork(path, version_text()) {
    try {
      Ort::SessionOptions options;
      options.SetIntraOpNumThreads(threads);
      session_ = open_session(file(), options);
      read_names();
      read_metadata();
    } catch (const Ort::Exception& error) {
      throw RequestError(file() + ": is no ONNX file that " + runtime() + " takes: " + cause_of(error));
    }
  }

  torch::Tensor run(const torch::Tensor& images) override {
    const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
    const ONNXTensorElementDataType type =
        input_.pixels ? ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 : ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    const Ort::Value input = Ort::Value::CreateTensor(memory, images.data_ptr(), images.nbytes(), images.sizes().data(),
                                                      images.sizes().size(), type);
    const std::array inputs{input_name_.c_str()}, outputs{output_name_.c_str()};
    std::vector<Ort::Value> values =
        session_.Run(Ort::RunOptions(nullptr), inputs.data(), &input, 1, outputs.data(), outputs.size());
    const std::vector<int64_t> shape = values.at(0).GetTensorTypeAndShapeInfo().GetShape();
    return torch::from_blob(values[0].GetTensorMutableData<float>(), shape).clone();
  }

 private:
  void read_names() {
    if (session_.GetInputCount() != 1 || session_.GetOutputCount() < 1)
      throw RequestError(file() + ": has " + std::to_string(session_.GetInputCount()) +
                         " inputs, expected images alone");
    const Ort::AllocatorWithDefaultOptions allocator;
    input_name_ = session_.GetInputNameAllocated(0, allocator).get();
    output_name_ = session_.GetOutputNameAllocated(0, allocator).get();
    const Ort::TypeInfo info = session_.GetInputTypeInfo(0), of_output = session_.GetOutputTypeInfo(0);
    const auto tensor = info.GetTensorTypeAndShapeInfo();
    const std::vector<int64_t> shape = tensor.GetShape();
    const bool pixels = tensor.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
    if (shape.size() != 4 || !(pixels || tensor.GetElementType() == ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT))
      throw RequestError(file() + ": its input " + input_name_ + " is not one of four dimensions, float or uint8");
    if (of_output.GetTensorTypeAndShapeInfo().GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
      throw RequestError(file() + ": its output " + output_name_ + " is not float");
    const size_t channels = pixels ? 3 : 1, height = pixels ? 1 : 2, width = pixels ? 2 : 3;
    input_ = {pixels, fixed(shape[channels]).value_or(3), fixed(shape[0]), fixed(shape[height]), fixed(shape[width])};
  }

  void read_metadata() {
    const Ort::AllocatorWithDefaultOptions allocator;
    const Ort::ModelMetadata metadata = session_.GetModelMetadata();
    std::map<std::string, std::string> found;
    for (const char* name : export_metadata_names)
      if (const auto text = metadata.LookupCustomMetadataMapAllocated(name, allocator)) found[name] = text.get();
    const DeployedInput as_the_graph_says = input_;
    set_exported_as(found);
    input_ = as_the_graph_says;
  }

  Ort::Session session_{nullptr};
  std::string input_name_, output_name_;
};

}  // namespace

bool has_onnx_runtime() { return true; }

std::unique_ptr<DeployedNetwork> open_onnx(const fs::path& file, int threads) {
  return std::make_unique<OnnxFile>(file, threads);
}

}  // namespace staircase::interop
