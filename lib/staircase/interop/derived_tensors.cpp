#include "staircase/interop/derived_tensors.h"

#include <cmath>

#include <torch/types.h>

#include "staircase/nn/attention.h"

namespace staircase::interop {
namespace {

const std::string table_name = "relative_position_bias_table", index_name = "relative_position_index";

}  // namespace

bool is_derived(const std::string& key) { return key.ends_with("." + index_name) || key.ends_with(".attn_mask"); }

void add_derived_tensors(formats::TensorFile& file, KeyLayout layout) {
  if (layout != KeyLayout::torchvision && layout != KeyLayout::official) return;
  formats::TensorFile whole;
  whole.metadata = file.metadata;
  for (const auto& [key, tensor] : file.tensors) {
    whole.tensors.emplace_back(key, tensor);
    if (!key.ends_with(table_name)) continue;
    const int64_t window = (std::llround(std::sqrt(static_cast<double>(tensor.size(0)))) + 1) / 2;
    const torch::Tensor rows = nn::ops::relative_positions(window, torch::kCPU);
    const int64_t positions = window * window;
    whole.tensors.emplace_back(key.substr(0, key.size() - table_name.size()) + index_name,
                               layout == KeyLayout::torchvision ? rows : rows.view({positions, positions}));
  }
  file = std::move(whole);
}

}  // namespace staircase::interop
