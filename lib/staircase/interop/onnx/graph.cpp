#include "staircase/interop/onnx/graph.h"

#include <stdexcept>

#include "staircase/base/build_info.h"

namespace staircase::interop {
namespace {

void set_attribute(onnx::AttributeProto& to, const OnnxAttribute& attribute) {
  to.set_name(attribute.first);
  if (const auto* integer = std::get_if<int64_t>(&attribute.second)) {
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(*integer);
  } else if (const auto* real = std::get_if<double>(&attribute.second)) {
    to.set_type(onnx::AttributeProto::FLOAT);
    to.set_f(static_cast<float>(*real));
  } else if (const auto* text = std::get_if<std::string>(&attribute.second)) {
    to.set_type(onnx::AttributeProto::STRING);
    to.set_s(*text);
  } else {
    to.set_type(onnx::AttributeProto::INTS);
    for (const int64_t each : std::get<std::vector<int64_t>>(attribute.second)) to.add_ints(each);
  }
}

void describe(onnx::ValueInfoProto& value, const std::string& name, int32_t type,
              const std::vector<OnnxGraph::Dimension>& shape) {
  value.set_name(name);
  auto* tensor = value.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(type);
  for (const auto& dimension : shape) {
    auto* to = tensor->mutable_shape()->add_dim();
    if (const auto* size = std::get_if<int64_t>(&dimension)) to->set_dim_value(*size);
    else to->set_dim_param(std::get<std::string>(dimension));
  }
}

int32_t type_of(torch::ScalarType type) {
  switch (type) {
    case torch::kFloat: return onnx::TensorProto::FLOAT;
    case torch::kDouble: return onnx::TensorProto::DOUBLE;
    case torch::kLong: return onnx::TensorProto::INT64;
    case torch::kBool: return onnx::TensorProto::BOOL;
    default: throw std::logic_error("OnnxGraph: a tensor of a type that no network has");
  }
}

}  // namespace

OnnxGraph::OnnxGraph(const std::string& name) {
  model_.set_ir_version(8);  // the first with opset 17
  model_.set_producer_name("staircase");
  model_.set_producer_version(build_info().version);
  auto* imported = model_.add_opset_import();
  imported->set_domain("");
  imported->set_version(opset);
  model_.mutable_graph()->set_name(name);
}

void OnnxGraph::add_input(const std::string& name, int32_t type, const std::vector<Dimension>& shape) {
  describe(*model_.mutable_graph()->add_input(), name, type, shape);
}

void OnnxGraph::add_output(const std::string& name, int32_t type, const std::vector<Dimension>& shape) {
  describe(*model_.mutable_graph()->add_output(), name, type, shape);
}

std::string OnnxGraph::new_name(const std::string& op) {
  return (scope_.empty() ? "" : scope_ + ".") + op + "_" + std::to_string(++count_);
}

onnx::NodeProto& OnnxGraph::new_node(const std::string& op, const std::vector<std::string>& inputs,
                                     const std::vector<OnnxAttribute>& attributes) {
  auto* node = model_.mutable_graph()->add_node();
  node->set_op_type(op);
  node->set_name(new_name(op));
  for (const std::string& input : inputs) node->add_input(input);
  for (const OnnxAttribute& attribute : attributes) set_attribute(*node->add_attribute(), attribute);
  return *node;
}

std::string OnnxGraph::add(const std::string& op, const std::vector<std::string>& inputs,
                           const std::vector<OnnxAttribute>& attributes) {
  return add_many(op, inputs, 1, attributes).front();
}

std::vector<std::string> OnnxGraph::add_many(const std::string& op, const std::vector<std::string>& inputs,
                                             size_t outputs, const std::vector<OnnxAttribute>& attributes) {
  onnx::NodeProto& node = new_node(op, inputs, attributes);
  std::vector<std::string> names;
  for (size_t i = 0; i < outputs; ++i) {
    names.push_back(node.name() + ":" + std::to_string(i));
    node.add_output(names.back());
  }
  return names;
}

void OnnxGraph::add_named(const std::string& op, const std::vector<std::string>& inputs, const std::string& output,
                          const std::vector<OnnxAttribute>& attributes) {
  new_node(op, inputs, attributes).add_output(output);
}

std::string OnnxGraph::tensor(const std::string& name, const torch::Tensor& values) {
  const torch::Tensor plain = values.detach().cpu().contiguous();  // of channels_last too
  auto* to = model_.mutable_graph()->add_initializer();
  to->set_name(name);
  to->set_data_type(type_of(plain.scalar_type()));
  for (const int64_t size : plain.sizes()) to->add_dims(size);
  to->set_raw_data(plain.data_ptr(), plain.nbytes());  // little-endian, as the format has it and this machine too
  return name;
}

std::string OnnxGraph::constant(const torch::Tensor& values) { return tensor(new_name("constant"), values); }

std::string OnnxGraph::numbers(const std::vector<int64_t>& values) {
  return constant(torch::tensor(values, torch::kLong));
}

std::string OnnxGraph::number(int64_t value) { return constant(torch::tensor(value, torch::kLong)); }

std::string OnnxGraph::number(double value, torch::ScalarType type) { return constant(torch::tensor(value, type)); }

}  // namespace staircase::interop
