#include "staircase/nn/attention.h"

#include "staircase/nn/attention_by_kernel.h"
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

Tensor by_plain_aten(const Tensor& x, const AttentionWeights& weights, const plan::LayerSpec& spec) {
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

/// A side in whole windows.
int64_t padded(int64_t side, int64_t window) { return (side + window - 1) / window * window; }

/// A place on one axis of the rolled frame: the position that stands there, and its region.
struct Place {
  int64_t position, region;
};

Place place_at(int64_t place, int64_t side, const plan::LayerSpec& spec) {
  const int64_t shift = side > spec.kernel ? spec.shift : 0;
  return {(place + shift) % side, (place >= side - spec.kernel) + (place >= side - shift)};
}

/// The windows of a map whose sides are whole windows, without the bias.
AttentionWindows rolled_windows(int64_t height, int64_t width, const plan::LayerSpec& spec) {
  const int64_t window = spec.kernel, length = window * window;
  AttentionWindows windows{length, at::empty({height * width / length, length}, torch::kInt), {}, {}};
  windows.regions = at::empty_like(windows.rows);
  int32_t *row = windows.rows.data_ptr<int32_t>(), *region = windows.regions.data_ptr<int32_t>();
  for (int64_t i = 0; i < height * width; ++i) {
    const int64_t of_window = i / length, within = i % length, across = width / window;
    const Place y = place_at(of_window / across * window + within / window, height, spec),
                x = place_at(of_window % across * window + within % window, width, spec);
    row[i] = static_cast<int32_t>(y.position * width + x.position);
    region[i] = static_cast<int32_t>(3 * y.region + x.region);
  }
  if (spec.shift == 0) windows.regions = Tensor();
  return windows;
}

Tensor by_kernel(const Tensor& x, const AttentionWeights& weights, const plan::LayerSpec& spec) {
  const int64_t height = padded(x.size(2), spec.kernel), width = padded(x.size(3), spec.kernel);
  const bool fits = height == x.size(2) && width == x.size(3);
  const Tensor map = fits ? x : at::constant_pad_nd(x, {0, width - x.size(3), 0, height - x.size(2)});
  AttentionWindows windows = rolled_windows(height, width, spec);
  if (weights.position_bias.defined()) windows.bias = bias_of_table(weights.position_bias, spec).squeeze(0);
  const Tensor y = attention_by_kernel(pointwise(map, weights.qkv, weights.qkv_bias), spec.groups, windows);
  return pointwise(fits ? y : y.slice(2, 0, x.size(2)).slice(3, 0, x.size(3)), weights.projection,
                   weights.projection_bias);
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
  const bool fits = weights.qkv.scalar_type() == torch::kFloat && x.numel() > 0;
  return guarded_where(
      fits, x, [&] { return by_kernel(x, weights, spec); }, [&] { return by_plain_aten(x, weights, spec); });
}

}  // namespace staircase::nn::ops
