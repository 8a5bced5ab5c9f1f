#include "staircase/interop/onnx/preprocessing.h"

namespace staircase::interop {
namespace {

/// What is said of Pillow stands in data/resize.cpp; the same in TorchScript is preprocessing.cpp.
class Preprocessing {
 public:
  Preprocessing(OnnxGraph& graph, const ModelDescription& description)
      : graph_(graph),
        description_(description),
        size_px_(description.data.image_size_px),
        shorter_px_(static_cast<int64_t>(static_cast<double>(size_px_) / description.recipe.eval_crop_ratio)),
        is_cubic_(description.recipe.interpolation == config::Interpolation::bicubic) {}

  std::string add(const std::string& image) {
    graph_.set_scope("preprocessing");
    const std::string pixels =
        cast(graph_.add("Transpose", {image}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}}), onnx::TensorProto::DOUBLE);
    const std::string height = side_of(pixels, 2), width = side_of(pixels, 3);
    const auto [tall, wide] = fitted(height, width);
    const std::string narrow = resized(op("MatMul", pixels, weights(width, wide, /*of_rows=*/false)));
    return normalized(resized(op("MatMul", weights(height, tall, /*of_rows=*/true), narrow)));
  }

 private:
  std::string op(const char* name, const std::string& a, const std::string& b) { return graph_.add(name, {a, b}); }
  std::string real(double value) { return graph_.number(value, torch::kDouble); }
  std::string whole(int64_t value) { return graph_.number(value); }
  std::string cast(const std::string& x, int64_t type) { return graph_.add("Cast", {x}, {{"to", type}}); }
  std::string to_real(const std::string& x) { return cast(x, onnx::TensorProto::DOUBLE); }
  std::string choose(const std::string& condition, const std::string& yes, const std::string& no) {
    return graph_.add("Where", {condition, yes, no});
  }
  /// A number, int64.
  std::string side_of(const std::string& x, int64_t axis) {
    return op("Gather", graph_.add("Shape", {x}), whole(axis));
  }

  /// Height and width that an image is resized to before its center is taken.
  std::pair<std::string, std::string> fitted(const std::string& height, const std::string& width) {
    if (size_px_ >= 384) return {whole(size_px_), whole(size_px_)};
    const std::string shorter = whole(shorter_px_), upright = op("LessOrEqual", width, height);
    const auto longer = [&](const std::string& side, const std::string& other) {
      return op("Div", op("Mul", shorter, side), other);
    };
    std::string tall = choose(upright, longer(height, width), shorter);
    std::string wide = choose(upright, shorter, longer(width, height));
    if (size_px_ > 32) return {tall, wide};
    const std::string size = whole(size_px_), fits = op("And", op("Equal", height, size), op("Equal", width, size));
    return {choose(fits, size, tall), choose(fits, size, wide)};
  }

  /// Where the central part begins; half a pixel goes to the even side.
  std::string central(const std::string& length) {
    const std::string too_many = op("Sub", length, whole(size_px_)), half = op("Div", too_many, whole(2));
    return op("Add", half, op("Mul", op("Mod", too_many, whole(2)), op("Mod", half, whole(2))));
  }

  /// Weights by distance from the center, in pixels.
  std::string kernel(const std::string& d) {
    if (!is_cubic_) return op("Max", op("Sub", real(1), d), real(0));
    const std::string near =
        op("Add", op("Mul", op("Mul", op("Sub", op("Mul", d, real(1.5)), real(2.5)), d), d), real(1));
    const std::string inner = op("Add", op("Mul", op("Sub", d, real(5)), d), real(8));
    const std::string far = op("Mul", op("Sub", op("Mul", inner, d), real(4)), real(-0.5));
    return choose(op("Less", d, real(1)), near, choose(op("Less", d, real(2)), far, real(0)));
  }

  /// What each position that is left takes of each that is there, in units of 2^-22: for rows (size, given), which stands
  /// before an image, for columns (given, size), which stands behind. Nothing is turned over: ONNX Runtime would join that
  /// with the product into one that it does not have in float64.
  std::string weights(const std::string& given, const std::string& length, bool of_rows) {
    const int64_t sum_axis = of_rows ? 1 : 0;
    const std::string scale = op("Div", to_real(given), to_real(length)), stretch = op("Max", scale, real(1));
    const std::string support = op("Mul", stretch, real(is_cubic_ ? 2 : 1)), first = central(length);
    const std::string range = graph_.add("Range", {first, op("Add", first, whole(size_px_)), whole(1)});
    const std::string centers =
        op("Unsqueeze", op("Mul", op("Add", to_real(range), real(0.5)), scale), graph_.numbers({sum_axis}));
    const std::string there = graph_.add("Range", {whole(0), given, whole(1)});
    const std::string places = op("Unsqueeze", to_real(there), graph_.numbers({1 - sum_axis}));
    const auto end = [&](const char* side) {
      return graph_.add("Floor", {op("Add", op(side, centers, support), real(0.5))});
    };
    const std::string taken = op("And", op("GreaterOrEqual", places, end("Sub")), op("Less", places, end("Add")));
    const std::string distance =
        op("Mul", op("Add", op("Sub", places, centers), real(0.5)), op("Div", real(1), stretch));
    const std::string raw = choose(taken, kernel(graph_.add("Abs", {distance})), real(0));
    // Added up in this order, as Pillow does.
    const std::string sums = graph_.add("CumSum", {raw, whole(sum_axis)});
    const std::string sum = graph_.add("Gather", {sums, graph_.numbers({-1})}, {{"axis", sum_axis}});
    const std::string scaled = op("Mul", op("Div", raw, sum), real(4194304));
    const std::string rounded = graph_.add("Floor", {op("Add", graph_.add("Abs", {scaled}), real(0.5))});
    return op("Mul", graph_.add("Sign", {scaled}), rounded);
  }

  /// Pixels of such sums.
  std::string resized(const std::string& sums) {
    const std::string rounded = graph_.add("Floor", {op("Div", op("Add", sums, real(2097152)), real(4194304))});
    return graph_.add("Clip", {rounded, real(0), real(255)});
  }

  /// (1, C, 1, 1) float64. A gray image takes the averages, as data::normalize does.
  std::string per_channel(const std::array<double, 3>& values) {
    std::vector<double> numbers(values.begin(), values.end());
    if (description_.model.in_channels == 1) numbers = {(values[0] + values[1] + values[2]) / 3};
    return graph_.constant(torch::tensor(numbers, torch::kDouble).view({1, -1, 1, 1}));
  }

  std::string normalized(const std::string& pixels) {
    const std::string shares = op("Div", pixels, real(255));
    return cast(op("Div", op("Sub", shares, per_channel(description_.data.mean)), per_channel(description_.data.std)),
                onnx::TensorProto::FLOAT);
  }

  OnnxGraph& graph_;
  const ModelDescription& description_;
  int64_t size_px_, shorter_px_;
  bool is_cubic_;
};

}  // namespace

std::string add_preprocessing(OnnxGraph& graph, const ModelDescription& description, const std::string& image) {
  return Preprocessing(graph, description).add(image);
}

}  // namespace staircase::interop
