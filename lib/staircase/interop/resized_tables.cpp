#include "staircase/interop/resized_tables.h"

#include <cmath>

#include <torch/types.h>

#include "staircase/config/codec.h"
#include "staircase/nn/position_embedding.h"
#include "staircase/plan/plan.h"

namespace staircase::interop {
namespace {

bool is_square(int64_t number) {
  const auto side = std::llround(std::sqrt(static_cast<double>(number)));
  return number > 0 && side * side == number;
}

int64_t side_of(int64_t number) { return std::llround(std::floor(std::sqrt(static_cast<double>(number)))); }

/// (1, L, C) or (L, C) -> (L, C).
torch::Tensor as_rows(const torch::Tensor& tensor) {
  return tensor.dim() == 3 && tensor.size(0) == 1 ? tensor.squeeze(0) : tensor;
}

bool has_windows(const config::ModelOptions& model) {
  return model.spatial == config::Spatial::window_attention ||
         model.spatial == config::Spatial::shifted_window_attention;
}

}  // namespace

std::optional<torch::Tensor> resized_for(const KeyMapping& mapping, const torch::Tensor& tensor) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor rows = as_rows(tensor);
  if (rows.dim() != 2 || mapping.our_shape.size() != 2 || rows.size(1) != mapping.our_shape[1]) return std::nullopt;
  const int64_t found = rows.size(0), wanted = mapping.our_shape[0];
  if (mapping.ours.ends_with(".position_embedding")) {
    const bool with_token = !is_square(wanted);
    if (!is_square(found - (with_token ? 1 : 0))) return std::nullopt;
    return nn::ops::table_for_side(rows.to(torch::kFloat), side_of(wanted));
  }
  const int64_t distances = side_of(found);
  if (!mapping.ours.ends_with(".position_bias") || !is_square(found) || distances % 2 == 0) return std::nullopt;
  return nn::ops::bias_table_for_window(rows.to(torch::kFloat), (side_of(wanted) + 1) / 2);
}

bool is_table_size(const config::Difference& difference, const config::ModelOptions& a, const config::ModelOptions& b) {
  if (difference.pointer == "/model/image_size_px") return plan::has_position_table(a) && plan::has_position_table(b);
  return difference.pointer == "/model/kernel_size" && has_windows(a) && has_windows(b);
}

}  // namespace staircase::interop
