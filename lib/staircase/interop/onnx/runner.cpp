#include "staircase/interop/onnx/runner.h"

#include <torch/utils.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/interop/onnx/operators.h"

namespace staircase::interop {
namespace fs = std::filesystem;
namespace {

torch::ScalarType type_of(const onnx::TensorProto& tensor, const std::string& file) {
  switch (tensor.data_type()) {
    case onnx::TensorProto::FLOAT: return torch::kFloat;
    case onnx::TensorProto::DOUBLE: return torch::kDouble;
    case onnx::TensorProto::INT64: return torch::kLong;
    case onnx::TensorProto::BOOL: return torch::kBool;
    default: throw RequestError(file + ": " + tensor.name() + " is of a type that is not known here");
  }
}

/// Of a tensor that lies beside the file.
std::string bytes_beside(const onnx::TensorProto& tensor, const fs::path& folder) {
  std::map<std::string, std::string> entries;
  for (const auto& each : tensor.external_data()) entries[each.key()] = each.value();
  std::ifstream in(folder / entries["location"], std::ios::binary);
  std::string bytes(std::stoull(entries["length"]), '\0');
  in.seekg(static_cast<std::streamoff>(std::stoull(entries["offset"])));
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!in) throw RequestError((folder / entries["location"]).string() + ": is cut short or cannot be read");
  return bytes;
}

torch::Tensor read_tensor(const onnx::TensorProto& tensor, const fs::path& file) {
  const std::vector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  torch::Tensor values = torch::empty(shape, type_of(tensor, file.string()));
  const bool beside = tensor.data_location() == onnx::TensorProto::EXTERNAL;
  const std::string bytes = beside ? bytes_beside(tensor, file.parent_path()) : tensor.raw_data();
  if (bytes.size() != values.nbytes())
    throw RequestError(file.string() + ": " + tensor.name() + " has " + std::to_string(bytes.size()) +
                       " bytes, expected " + std::to_string(values.nbytes()));
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(values.data_ptr()));
  return values;
}

}  // namespace

struct OnnxRunner::Content {
  onnx::GraphProto graph;
  std::map<std::string, torch::Tensor> tensors;  ///< of the file
};

OnnxRunner::OnnxRunner(const fs::path& file) : content_(std::make_unique<Content>()) {
  onnx::ModelProto model;
  if (!model.ParseFromString(read_file(file))) throw RequestError(file.string() + ": is no ONNX file");
  content_->graph = model.graph();
  for (const auto& tensor : model.graph().initializer()) content_->tensors[tensor.name()] = read_tensor(tensor, file);
  content_->graph.clear_initializer();
  for (const auto& node : content_->graph.node())
    if (!find_onnx_operator(node.op_type()))
      throw RequestError(file.string() + ": the operator " + node.op_type() + " is not known here");
  if (content_->graph.input_size() != 1 || content_->graph.output_size() != 1)
    throw RequestError(file.string() + ": has " + std::to_string(content_->graph.input_size()) + " inputs and " +
                       std::to_string(content_->graph.output_size()) + " outputs, expected one of each");
}

OnnxRunner::~OnnxRunner() = default;

torch::Tensor OnnxRunner::run(const torch::Tensor& input) const {
  const torch::NoGradGuard no_grad;
  std::map<std::string, torch::Tensor> values = content_->tensors;
  values[content_->graph.input(0).name()] = input;
  for (const auto& node : content_->graph.node()) {
    OnnxValues inputs;
    for (const std::string& name : node.input()) inputs.push_back(name.empty() ? torch::Tensor() : values.at(name));
    const OnnxValues outputs = find_onnx_operator(node.op_type())(inputs, OnnxAttributes(node));
    for (int i = 0; i < node.output_size(); ++i) values[node.output(i)] = outputs.at(static_cast<size_t>(i));
  }
  return values.at(content_->graph.output(0).name());
}

}  // namespace staircase::interop
