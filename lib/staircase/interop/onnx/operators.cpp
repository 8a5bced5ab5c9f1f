#include "staircase/interop/onnx/operators.h"

#include <map>
#include <stdexcept>

namespace staircase::interop {
namespace {

using torch::Tensor;
using Values = const OnnxValues&;
using Attributes = const OnnxAttributes&;

std::vector<int64_t> list_of(const Tensor& tensor) {
  const Tensor plain = tensor.to(torch::kLong).contiguous();
  return {plain.data_ptr<int64_t>(), plain.data_ptr<int64_t>() + plain.numel()};
}

int64_t one_of(const Tensor& tensor) { return list_of(tensor).at(0); }

/// {top, left, bottom, right}, equal on both ends, as LibTorch's operators take them.
std::vector<int64_t> padding_of(Attributes a) {
  const auto pads = a.integers("pads", {0, 0, 0, 0});
  if (pads.at(0) != pads.at(2) || pads.at(1) != pads.at(3)) throw std::invalid_argument("pads differ at both ends");
  return {pads[0], pads[1]};
}

Tensor convolution(Values in, Attributes a) {
  return at::convolution(in[0], in[1], in.size() > 2 ? in[2] : Tensor(), a.integers("strides", {1, 1}), padding_of(a),
                         a.integers("dilations", {1, 1}), /*transposed=*/false, {0, 0}, a.integer("group", 1));
}

Tensor pooled(Values in, Attributes a, bool average) {
  const auto kernel = a.integers("kernel_shape"), strides = a.integers("strides", {1, 1});
  if (!average) return at::max_pool2d(in[0], kernel, strides, padding_of(a));
  return at::avg_pool2d(in[0], kernel, strides, padding_of(a), /*ceil_mode=*/false,
                        a.integer("count_include_pad", 0) != 0);
}

/// (C) for a map of any rank.
Tensor along_channels(const Tensor& numbers, const Tensor& x) {
  std::vector<int64_t> shape(static_cast<size_t>(x.dim()), 1);
  shape.at(1) = -1;
  return numbers.reshape(shape);
}

Tensor batch_normalization(Values in, Attributes a) {
  const Tensor deviation = (along_channels(in[4], in[0]) + a.real("epsilon", 1e-5)).sqrt();
  return (in[0] - along_channels(in[3], in[0])) / deviation * along_channels(in[1], in[0]) +
         along_channels(in[2], in[0]);
}

/// With the mean and the variance over these axes.
Tensor normal(const Tensor& x, const std::vector<int64_t>& axes, double epsilon) {
  const Tensor centered = x - x.mean(axes, /*keepdim=*/true);
  return centered / (centered.square().mean(axes, true) + epsilon).sqrt();
}

Tensor layer_normalization(Values in, Attributes a) {
  if (a.integer("axis", -1) != -1) throw std::invalid_argument("LayerNormalization of more than one axis");
  return normal(in[0], {-1}, a.real("epsilon", 1e-5)) * in[1] + in[2];
}

Tensor instance_normalization(Values in, Attributes a) {
  std::vector<int64_t> axes;
  for (int64_t i = 2; i < in[0].dim(); ++i) axes.push_back(i);
  return normal(in[0], axes, a.real("epsilon", 1e-5)) * along_channels(in[1], in[0]) + along_channels(in[2], in[0]);
}

Tensor gemm(Values in, Attributes a) {
  const Tensor left = a.integer("transA", 0) ? in[0].t() : in[0], right = a.integer("transB", 0) ? in[1].t() : in[1];
  const Tensor product = at::matmul(left, right) * a.real("alpha", 1);
  return in.size() > 2 ? product + in[2] * a.real("beta", 1) : product;
}

/// 0 keeps a size.
Tensor reshaped(Values in, Attributes) {
  std::vector<int64_t> shape = list_of(in[1]);
  for (size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == 0) shape[i] = in[0].size(static_cast<int64_t>(i));
  return in[0].reshape(shape);
}

Tensor sliced(Values in, Attributes) {
  const auto starts = list_of(in[1]), ends = list_of(in[2]);
  std::vector<int64_t> axes;
  for (size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<int64_t>(i));
  if (in.size() > 3) axes = list_of(in[3]);
  Tensor x = in[0];
  for (size_t i = 0; i < starts.size(); ++i) x = x.slice(axes.at(i), starts[i], ends.at(i));
  return x;
}

Tensor gathered(Values in, Attributes a) {
  const int64_t axis = a.integer("axis", 0), length = in[0].size(axis);
  const Tensor places = at::remainder(in[1].flatten(), length);  // -1 is the last
  const Tensor found = in[0].index_select(axis, places);
  return in[1].dim() == 0 ? found.squeeze(axis) : found;
}

/// Begins and then ends, from the first axis on; LibTorch takes them from the last.
Tensor padded(Values in, Attributes) {
  const auto pads = list_of(in[1]);
  const size_t rank = pads.size() / 2;
  std::vector<int64_t> from_last;
  for (size_t i = rank; i-- > 0;) from_last.insert(from_last.end(), {pads[i], pads[rank + i]});
  return at::constant_pad_nd(in[0], from_last, 0);
}

torch::ScalarType type_of(int64_t type) {
  switch (type) {
    case onnx::TensorProto::DOUBLE: return torch::kDouble;
    case onnx::TensorProto::INT64: return torch::kLong;
    case onnx::TensorProto::FLOAT: return torch::kFloat;
    default: throw std::invalid_argument("Cast to a type that is not known here");
  }
}

/// Of whole numbers toward 0.
Tensor divided(Values in, Attributes) {
  return in[0].is_floating_point() ? in[0] / in[1] : at::div(in[0], in[1], "trunc");
}

Tensor unsqueezed(Values in, Attributes) { return in[0].unsqueeze(one_of(in[1])); }

Tensor range(Values in, Attributes) {
  return at::arange(one_of(in[0]), one_of(in[1]), one_of(in[2]), torch::TensorOptions(torch::kLong));
}

OnnxValues split(Values in, Attributes a) { return in[0].split_with_sizes(list_of(in[1]), a.integer("axis", 0)); }

/// What gives one tensor.
template <Tensor (*compute)(Values, Attributes)>
OnnxValues one(Values in, Attributes a) {
  return {compute(in, a)};
}

#define STAIRCASE_ONNX(expression) [](Values in, [[maybe_unused]] Attributes a) -> OnnxValues { return {expression}; }

const std::map<std::string, OnnxOperator>& operators() {
  static const std::map<std::string, OnnxOperator> known{
      {"Abs", STAIRCASE_ONNX(in[0].abs())},
      {"Add", STAIRCASE_ONNX(in[0] + in[1])},
      {"And", STAIRCASE_ONNX(in[0].logical_and(in[1]))},
      {"AveragePool", STAIRCASE_ONNX(pooled(in, a, true))},
      {"BatchNormalization", one<batch_normalization>},
      {"Cast", STAIRCASE_ONNX(in[0].to(type_of(a.integer("to", 0))))},
      {"Clip", STAIRCASE_ONNX(at::minimum(at::maximum(in[0], in[1]), in[2]))},
      {"Concat", STAIRCASE_ONNX(at::cat(in, a.integer("axis", 0)))},
      {"Conv", one<convolution>},
      {"CumSum", STAIRCASE_ONNX(in[0].cumsum(one_of(in[1])))},
      {"Div", one<divided>},
      {"Equal", STAIRCASE_ONNX(in[0] == in[1])},
      {"Erf", STAIRCASE_ONNX(at::erf(in[0]))},
      {"Expand", STAIRCASE_ONNX(in[0] + at::zeros(list_of(in[1]), in[0].options()))},
      {"Flatten", STAIRCASE_ONNX(in[0].flatten(a.integer("axis", 1)))},
      {"Floor", STAIRCASE_ONNX(in[0].floor())},
      {"Gather", one<gathered>},
      {"Gemm", one<gemm>},
      {"GlobalAveragePool", STAIRCASE_ONNX(in[0].mean({2, 3}, true))},
      {"GreaterOrEqual", STAIRCASE_ONNX(in[0] >= in[1])},
      {"Identity", STAIRCASE_ONNX(in[0])},
      {"InstanceNormalization", one<instance_normalization>},
      {"LayerNormalization", one<layer_normalization>},
      {"Less", STAIRCASE_ONNX(in[0] < in[1])},
      {"LessOrEqual", STAIRCASE_ONNX(in[0] <= in[1])},
      {"MatMul", STAIRCASE_ONNX(at::matmul(in[0], in[1]))},
      {"Max", STAIRCASE_ONNX(at::maximum(in[0], in[1]))},
      {"MaxPool", STAIRCASE_ONNX(pooled(in, a, false))},
      {"Mod", STAIRCASE_ONNX(at::remainder(in[0], in[1]))},
      {"Mul", STAIRCASE_ONNX(in[0] * in[1])},
      {"Pad", one<padded>},
      {"Range", one<range>},
      {"ReduceL2", STAIRCASE_ONNX(in[0].square().sum(a.integers("axes"), true).sqrt())},
      {"ReduceMean", STAIRCASE_ONNX(in[0].mean(a.integers("axes"), true))},
      {"Relu", STAIRCASE_ONNX(in[0].clamp_min(0))},
      {"Reshape", one<reshaped>},
      {"Shape", STAIRCASE_ONNX(torch::tensor(in[0].sizes().vec(), torch::kLong))},
      {"Sign", STAIRCASE_ONNX(in[0].sign())},
      {"Slice", one<sliced>},
      {"Softmax", STAIRCASE_ONNX(at::softmax(in[0], a.integer("axis", -1)))},
      {"Split", split},
      {"Sub", STAIRCASE_ONNX(in[0] - in[1])},
      {"Transpose", STAIRCASE_ONNX(in[0].permute(a.integers("perm")))},
      {"Unsqueeze", one<unsqueezed>},
      {"Where", STAIRCASE_ONNX(at::where(in[0], in[1], in[2]))},
  };
  return known;
}

#undef STAIRCASE_ONNX

}  // namespace

const onnx::AttributeProto* OnnxAttributes::find(const std::string& name) const {
  for (const auto& attribute : node_.attribute())
    if (attribute.name() == name) return &attribute;
  return nullptr;
}

int64_t OnnxAttributes::integer(const std::string& name, int64_t otherwise) const {
  const auto* found = find(name);
  return found ? found->i() : otherwise;
}

double OnnxAttributes::real(const std::string& name, double otherwise) const {
  const auto* found = find(name);
  return found ? static_cast<double>(found->f()) : otherwise;
}

std::vector<int64_t> OnnxAttributes::integers(const std::string& name, std::vector<int64_t> otherwise) const {
  const auto* found = find(name);
  if (!found) return otherwise;
  return {found->ints().begin(), found->ints().end()};
}

OnnxOperator find_onnx_operator(const std::string& name) {
  const auto found = operators().find(name);
  return found == operators().end() ? nullptr : found->second;
}

}  // namespace staircase::interop
