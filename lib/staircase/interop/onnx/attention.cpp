#include "staircase/interop/onnx/attention.h"

#include <cmath>
#include <functional>

#include "staircase/nn/attention.h"

namespace staircase::interop {
namespace {

using torch::Tensor;

std::string pointwise(OnnxGraph& graph, const std::string& x, const std::string& weight, const std::string& bias) {
  std::vector<std::string> inputs{x, weight};
  if (!bias.empty()) inputs.push_back(bias);
  return graph.add("Conv", inputs, {{"kernel_shape", std::vector<int64_t>{1, 1}}});
}

/// What softmax takes, from what the products give; may be the same.
using AddBias = std::function<std::string(const std::string& scores)>;

/// qkv: (B, 3 * heads, d, L), queries, keys and values one after the other -> (B, heads, d, L).
std::string attend(OnnxGraph& graph, const plan::LayerSpec& spec, const std::string& qkv, const AddBias& add_bias) {
  const int64_t heads = spec.groups;
  const auto parts = graph.add_many("Split", {qkv, graph.numbers({heads, heads, heads})}, 3, {{"axis", int64_t{1}}});
  const double scale = 1.0 / std::sqrt(static_cast<double>(spec.in / heads));
  const std::vector<int64_t> swapped{0, 1, 3, 2};
  const std::string queries =
      graph.add("Transpose", {graph.add("Mul", {parts[0], graph.number(scale)})}, {{"perm", swapped}});
  const std::string weights =
      graph.add("Softmax", {add_bias(graph.add("MatMul", {queries, parts[1]}))}, {{"axis", int64_t{3}}});
  const std::string values = graph.add("Transpose", {parts[2]}, {{"perm", swapped}});
  return graph.add("Transpose", {graph.add("MatMul", {weights, values})}, {{"perm", swapped}});
}

std::string global_attention(OnnxGraph& graph, const plan::LayerSpec& spec, const AttentionTensors& t,
                             const std::string& x) {
  const std::string qkv = pointwise(graph, x, t.qkv, t.qkv_bias);
  const std::string rows = graph.add("Reshape", {qkv, graph.numbers({0, 3 * spec.groups, spec.in / spec.groups, -1})});
  const std::string y = attend(graph, spec, rows, [](const std::string& scores) { return scores; });
  const std::string map = graph.add("Reshape", {y, graph.add("Shape", {x})});
  return pointwise(graph, map, t.projection, t.projection_bias);
}

/// One side of a map that is cut into windows.
struct Side {
  int64_t length = 0, padded = 0, shift = 0, windows = 0;

  Side(int64_t side, const plan::LayerSpec& spec) : length(side) {
    windows = (side + spec.kernel - 1) / spec.kernel;
    padded = windows * spec.kernel;
    shift = windows > 1 ? spec.shift : 0;  // one window sees all already
  }
  bool is_moved() const { return padded != length || shift != 0; }
  /// The position that each place of the rolled side has, and where each position went.
  std::vector<int64_t> source() const { return rolled(padded, shift); }
  std::vector<int64_t> back() const { return rolled(length, padded - shift); }
  /// What the shift brings together from both ends.
  Tensor regions(int64_t window) const {
    const Tensor places = torch::arange(padded);
    return (places >= padded - window).to(torch::kLong) + (places >= padded - shift).to(torch::kLong);
  }

 private:
  std::vector<int64_t> rolled(int64_t count, int64_t by) const {
    std::vector<int64_t> places;
    for (int64_t i = 0; i < count; ++i) places.push_back((i + by) % padded);
    return places;
  }
};

/// (windows, M * M, M * M): -100 between positions of different regions.
Tensor region_mask(const Side& rows, const Side& columns, int64_t window) {
  const Tensor regions = rows.regions(window).unsqueeze(1) * 3 + columns.regions(window).unsqueeze(0);
  const Tensor of_windows = regions.reshape({rows.windows, window, columns.windows, window})
                                .permute({0, 2, 1, 3})
                                .reshape({rows.windows * columns.windows, window * window});
  return (of_windows.unsqueeze(1) != of_windows.unsqueeze(2)).to(torch::kFloat) * -100.0;
}

/// (1, heads, M * M, M * M).
Tensor bias_of_table(const Tensor& table, const plan::LayerSpec& spec) {
  const int64_t positions = spec.kernel * spec.kernel;
  return table.detach()
      .index_select(0, nn::ops::relative_positions(spec.kernel, torch::kCPU))
      .view({positions, positions, spec.groups})
      .permute({2, 0, 1})
      .unsqueeze(0);
}

class WindowAttention {
 public:
  WindowAttention(OnnxGraph& graph, const plan::LayerSpec& spec, const AttentionTensors& tensors, plan::ImageSize size)
      : graph_(graph), spec_(spec), t_(tensors), rows_(size.height, spec), columns_(size.width, spec) {}

  std::string add(const std::string& x) {
    const int64_t window = spec_.kernel, channels = spec_.in, head = channels / spec_.groups;
    const std::string qkv = pointwise(graph_, moved(x), t_.qkv, t_.qkv_bias);
    const std::string apart = graph_.add(
        "Reshape", {qkv, graph_.numbers({0, 3 * channels, rows_.windows, window, columns_.windows, window})});
    const std::string windows = graph_.add("Transpose", {apart}, {{"perm", std::vector<int64_t>{0, 2, 4, 1, 3, 5}}});
    const std::string of_heads =
        graph_.add("Reshape", {windows, graph_.numbers({-1, 3 * spec_.groups, head, window * window})});
    const std::string y = attend(graph_, spec_, of_heads, [&](const std::string& scores) { return biased(scores); });
    const std::string by_image =
        graph_.add("Reshape", {y, graph_.numbers({-1, rows_.windows, columns_.windows, channels, window, window})});
    const std::string together =
        graph_.add("Transpose", {by_image}, {{"perm", std::vector<int64_t>{0, 3, 1, 4, 2, 5}}});
    const std::string map =
        graph_.add("Reshape", {together, graph_.numbers({0, channels, rows_.padded, columns_.padded})});
    return moved_back(pointwise(graph_, map, t_.projection, t_.projection_bias));
  }

 private:
  bool is_moved() const { return rows_.is_moved() || columns_.is_moved(); }

  std::string gather(const std::string& x, const std::vector<int64_t>& places, int64_t axis) {
    return graph_.add("Gather", {x, graph_.numbers(places)}, {{"axis", axis}});
  }

  std::string moved(const std::string& x) {
    if (!is_moved()) return x;
    const std::vector<int64_t> pads{0, 0, 0, 0, 0, 0, rows_.padded - rows_.length, columns_.padded - columns_.length};
    return gather(gather(graph_.add("Pad", {x, graph_.numbers(pads)}), rows_.source(), 2), columns_.source(), 3);
  }

  std::string moved_back(const std::string& y) {
    return is_moved() ? gather(gather(y, rows_.back(), 2), columns_.back(), 3) : y;
  }

  /// scores: (N * windows, heads, M * M, M * M).
  std::string biased(std::string scores) {
    if (t_.position_bias.defined())
      scores = graph_.add("Add", {scores, graph_.constant(bias_of_table(t_.position_bias, spec_))});
    if (rows_.shift == 0 && columns_.shift == 0) return scores;
    const int64_t windows = rows_.windows * columns_.windows, positions = spec_.kernel * spec_.kernel;
    const Tensor mask = region_mask(rows_, columns_, spec_.kernel).unsqueeze(0).unsqueeze(2);
    const std::string by_image =
        graph_.add("Reshape", {scores, graph_.numbers({-1, windows, spec_.groups, positions, positions})});
    return graph_.add("Reshape", {graph_.add("Add", {by_image, graph_.constant(mask)}),
                                  graph_.numbers({-1, spec_.groups, positions, positions})});
  }

  OnnxGraph& graph_;
  const plan::LayerSpec& spec_;
  const AttentionTensors& t_;
  Side rows_, columns_;
};

}  // namespace

std::string add_attention(OnnxGraph& graph, const plan::LayerSpec& spec, const AttentionTensors& tensors,
                          const std::string& x, plan::ImageSize size) {
  if (spec.kernel == 0) return global_attention(graph, spec, tensors, x);
  return WindowAttention(graph, spec, tensors, size).add(x);
}

}  // namespace staircase::interop
