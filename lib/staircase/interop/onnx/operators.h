#pragma once

#include <onnx/onnx_pb.h>

#include <torch/types.h>

#include <string>
#include <vector>

namespace staircase::interop {

/// A node's attributes, with what an operator takes where one is left out.
class OnnxAttributes {
 public:
  explicit OnnxAttributes(const onnx::NodeProto& node) : node_(node) {}
  int64_t integer(const std::string& name, int64_t otherwise) const;
  double real(const std::string& name, double otherwise) const;
  std::vector<int64_t> integers(const std::string& name, std::vector<int64_t> otherwise = {}) const;

 private:
  const onnx::AttributeProto* find(const std::string& name) const;
  const onnx::NodeProto& node_;
};

/// Inputs that are left out are undefined tensors.
using OnnxValues = std::vector<torch::Tensor>;
using OnnxOperator = OnnxValues (*)(const OnnxValues& inputs, const OnnxAttributes& attributes);

/// The operator of this name; null: it is not known.
OnnxOperator find_onnx_operator(const std::string& name);

}  // namespace staircase::interop
