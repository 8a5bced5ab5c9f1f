#include "staircase/nn/position_embedding.h"

#include <cmath>

#include "staircase/nn/kernel_guard.h"

namespace staircase::nn::ops {
namespace {

using torch::Tensor;

/// Sides of a table, with or without an entry for the token.
int64_t table_side(const Tensor& table) {
  return static_cast<int64_t>(std::llround(std::floor(std::sqrt(static_cast<double>(table.size(0))))));
}

bool has_token(const Tensor& table) { return table.size(0) != table_side(table) * table_side(table); }

/// Keys' cubic with a = -.5 at distances of at least 0.
Tensor cubic(const Tensor& distance) {
  const Tensor near = (distance * 1.5 - 2.5) * distance * distance + 1.0;
  const Tensor far = ((distance * -0.5 + 2.5) * distance - 4.0) * distance + 2.0;
  return at::where(distance <= 1.0, near, at::where(distance < 2.0, far, at::zeros_like(far)));
}

/// (positions, side): what each position takes of the table's. ones: one for each position; no size of it is read.
Tensor resampling(const Tensor& ones, int64_t side) {
  const Tensor scale = static_cast<double>(side) / ones.sum(), stretch = scale.clamp_min(1.0);
  const Tensor centers = (ones.cumsum(0) - 0.5) * scale;
  const Tensor places = at::arange(side, ones.options()) + 0.5;
  const Tensor weights = cubic(((places.unsqueeze(0) - centers.unsqueeze(1)) / stretch).abs());
  return weights / weights.sum(1, /*keepdim=*/true);
}

}  // namespace

Tensor resized_table(const Tensor& table, const Tensor& grid) {
  const int64_t side = table_side(table), channels = table.size(1);
  if (!is_tracing() && grid.size(0) == side && grid.size(1) == side) return table.view({side, side, channels});
  // What counts positions needs more digits than a half has.
  const auto type = table.scalar_type() == torch::kDouble ? torch::kDouble : torch::kFloat;
  const Tensor ones = at::ones_like(grid, type), numbers = table.to(type).view({side, side * channels});
  const Tensor down = resampling(ones.select(1, 0), side), across = resampling(ones.select(0, 0), side);
  return at::matmul(across, at::matmul(down, numbers).view({-1, side, channels}));
}

Tensor table_for_side(const Tensor& table, int64_t side) {
  const Tensor positions = has_token(table) ? table.slice(0, 1) : table;
  const Tensor resized = resized_table(positions, at::zeros({side, side})).reshape({side * side, table.size(1)});
  return has_token(table) ? at::cat({table.slice(0, 0, 1), resized}) : resized;
}

Tensor bias_table_for_window(const Tensor& table, int64_t window) {
  const int64_t side = table_side(table), wanted = 2 * window - 1;
  if (side == wanted) return table;
  const Tensor image = table.t().reshape({1, table.size(1), side, side});
  return at::upsample_bicubic2d(image, {wanted, wanted}, /*align_corners=*/false)
      .flatten(2)
      .squeeze(0)
      .t()
      .contiguous();
}

Tensor add_positions(const Tensor& x, const Tensor& table) {
  const Tensor positions = resized_table(table, x.select(0, 0).select(0, 0));
  return x + positions.permute({2, 0, 1}).unsqueeze(0).to(x.scalar_type());
}

Tensor with_class_token(const Tensor& x, const Tensor& token, const Tensor& table) {
  const Tensor map = table.defined() ? add_positions(x, table.slice(0, 1)) : x;
  const Tensor rows = map.permute({0, 2, 3, 1}).flatten(1, 2);
  const Tensor first = (table.defined() ? token + table.select(0, 0) : token).to(rows.scalar_type());
  const Tensor all = at::cat({first.view({1, 1, -1}).expand_as(rows.narrow(1, 0, 1)), rows}, 1);
  return all.transpose(1, 2).unsqueeze(2);
}

}  // namespace staircase::nn::ops
