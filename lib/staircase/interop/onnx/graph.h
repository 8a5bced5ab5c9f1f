#pragma once

#include <onnx/onnx_pb.h>

#include <torch/types.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace staircase::interop {

/// An attribute of a node.
using OnnxAttribute = std::pair<std::string, std::variant<int64_t, double, std::vector<int64_t>, std::string>>;

/// Builds the graph of a model, node by node. Values are known by their names.
class OnnxGraph {
 public:
  static constexpr int64_t opset = 17;

  explicit OnnxGraph(const std::string& name);

  /// A dimension is a number, or a name where it is free.
  using Dimension = std::variant<int64_t, std::string>;
  void add_input(const std::string& name, int32_t type, const std::vector<Dimension>& shape);
  void add_output(const std::string& name, int32_t type, const std::vector<Dimension>& shape);

  /// Whose names following nodes begin with: the layer that they are of.
  void set_scope(const std::string& scope) { scope_ = scope; }

  /// A node of one output, whose name is returned.
  std::string add(const std::string& op, const std::vector<std::string>& inputs,
                  const std::vector<OnnxAttribute>& attributes = {});
  std::vector<std::string> add_many(const std::string& op, const std::vector<std::string>& inputs, size_t outputs,
                                    const std::vector<OnnxAttribute>& attributes = {});
  /// A node whose output bears this name.
  void add_named(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
                 const std::vector<OnnxAttribute>& attributes = {});

  /// A tensor of the file: float, double, int64 or bool. Of a parameter under its own name.
  std::string tensor(const std::string& name, const torch::Tensor& values);
  /// One that is no parameter.
  std::string constant(const torch::Tensor& values);
  std::string numbers(const std::vector<int64_t>& values);  ///< (n) int64
  std::string number(int64_t value);                        ///< () int64
  std::string number(double value, torch::ScalarType type = torch::kFloat);

  onnx::ModelProto& model() { return model_; }

 private:
  std::string new_name(const std::string& op);
  onnx::NodeProto& new_node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::vector<OnnxAttribute>& attributes);

  onnx::ModelProto model_;
  std::string scope_;
  size_t count_ = 0;
};

}  // namespace staircase::interop
