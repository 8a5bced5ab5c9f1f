#include "staircase/nn/attention.h"
#include "staircase/nn/kernel_guard.h"
#include "staircase/nn/ops.h"

namespace staircase::nn::ops {
namespace {

using torch::Tensor;

/// One axis of a map that is cut into windows: which position stands where. Without reading a size, so that a trace
/// holds for maps of any.
struct Axis {
  Tensor source;  ///< (P): of the padded axis, the position that the rolled frame has at each place
  Tensor back;    ///< (positions): where the rolled frame has each
  Tensor region;  ///< (P): of the rolled frame; what differs stood at different ends of the image
};

/// ones: one for each position, int64.
Axis axis_of(const Tensor& ones, const plan::LayerSpec& spec) {
  const int64_t window = spec.kernel;
  const Tensor whole = at::constant_pad_nd(ones, {0, window - 1}, 1).unfold(0, window, window).flatten();
  const Tensor places = whole.cumsum(0) - 1, length = whole.sum(), shift = (length > window) * spec.shift;
  return {at::remainder(places + shift, length), at::remainder(ones.cumsum(0) - 1 - shift, length),
          (places >= length - window).to(torch::kLong) + (places >= length - shift).to(torch::kLong)};
}

/// (N, H, W, C) -> (N, rows of windows, columns of windows, M, M, C), without a copy.
Tensor windows_of(const Tensor& map, int64_t window) {
  return map.unfold(1, window, window).unfold(2, window, window).permute({0, 1, 2, 4, 5, 3});
}

/// (windows, M * M, M * M): -100 between positions of different regions.
Tensor region_mask(const Axis& rows, const Axis& columns, int64_t window, torch::ScalarType type) {
  const Tensor regions = rows.region.unsqueeze(1) * 3 + columns.region.unsqueeze(0);
  const Tensor of_windows = windows_of(regions.unsqueeze(0).unsqueeze(3), window).flatten(0, 2).flatten(1);
  return (of_windows.unsqueeze(1) != of_windows.unsqueeze(2)).to(type) * -100.0;
}

/// (1, heads, M * M, M * M).
Tensor bias_of_table(const Tensor& table, const plan::LayerSpec& spec) {
  const int64_t positions = spec.kernel * spec.kernel;
  return table.index_select(0, relative_positions(spec.kernel, table.device()))
      .view({positions, positions, spec.groups})
      .permute({2, 0, 1})
      .unsqueeze(0);
}

bool is_moved(const Tensor& map, const plan::LayerSpec& spec) {
  const int64_t window = spec.kernel, height = map.size(1), width = map.size(2);
  return height % window != 0 || width % window != 0 || (spec.shift != 0 && (height > window || width > window));
}

}  // namespace

Tensor relative_positions(int64_t window, torch::Device device) {
  const Tensor axis = at::arange(window, torch::TensorOptions(torch::kLong).device(device));
  const Tensor y = axis.unsqueeze(1).expand({window, window}).flatten(), x = axis.repeat({window});
  const Tensor down = y.unsqueeze(1) - y.unsqueeze(0) + (window - 1),
               across = x.unsqueeze(1) - x.unsqueeze(0) + (window - 1);
  return (down * (2 * window - 1) + across).flatten();
}

Tensor window_attention(const Tensor& x, const AttentionWeights& weights, const plan::LayerSpec& spec) {
  const int64_t window = spec.kernel;
  const Tensor given = x.permute({0, 2, 3, 1});
  const bool moved = is_tracing() || is_moved(given, spec);
  Axis rows, columns;
  Tensor map = given;
  if (moved) {
    const Tensor ones = at::ones_like(given.select(0, 0).select(2, 0), torch::kLong);
    rows = axis_of(ones.select(1, 0), spec);
    columns = axis_of(ones.select(0, 0), spec);
    map = at::constant_pad_nd(given, {0, 0, 0, window - 1, 0, window - 1})
              .index_select(1, rows.source)
              .index_select(2, columns.source);
  }
  const Tensor qkv = pointwise(map.permute({0, 3, 1, 2}), weights.qkv, weights.qkv_bias).permute({0, 2, 3, 1});
  Tensor bias = weights.position_bias.defined() ? bias_of_table(weights.position_bias, spec) : Tensor();
  if (moved && spec.shift != 0) {
    // Every image's windows, one after the other, as attend() takes them.
    const Tensor of_image = region_mask(rows, columns, window, x.scalar_type()).unsqueeze(0);
    const Tensor images = at::zeros_like(given.select(3, 0).select(2, 0).select(1, 0)).view({-1, 1, 1, 1});
    const Tensor mask = (of_image + images).flatten(0, 1).unsqueeze(1);
    bias = bias.defined() ? bias + mask : mask;
  }
  const Tensor attended = attend(windows_of(qkv, window).flatten(0, 2).flatten(1, 2), spec.groups, bias);
  Tensor y = attended.reshape_as(windows_of(map, window)).transpose(2, 3).reshape_as(map);
  y = pointwise(y.permute({0, 3, 1, 2}), weights.projection, weights.projection_bias);
  if (!moved) return y;
  return y.permute({0, 2, 3, 1}).index_select(1, rows.back).index_select(2, columns.back).permute({0, 3, 1, 2});
}

}  // namespace staircase::nn::ops
