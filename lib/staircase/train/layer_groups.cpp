#include "staircase/train/layer_groups.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace staircase::train {
namespace {

/// The number behind a word of a dotted path: ("stages.2.blocks.5.conv1", "blocks.") -> 5; -1: none.
int number_behind(const std::string& path, const std::string& word) {
  const size_t at = path.find(word);
  return at == std::string::npos ? -1 : std::stoi(path.substr(at + word.size()));
}

/// Of the head, or of a decoder in its place.
bool is_behind_stages(const std::string& parameter) {
  return parameter.starts_with("head.") || parameter.starts_with("decoder.");
}

}  // namespace

int layer_group(const std::string& parameter, const config::ModelOptions& model) {
  const int head = twelve_groups + 1, third_stage = 2, last_stage = 3;
  if (is_behind_stages(parameter)) return head;
  int stage = number_behind(parameter, "stages.");
  if (stage < 0) return 0;
  const auto depth = static_cast<int>(model.depths[static_cast<size_t>(stage)]);
  if (model.depths.size() == 1) stage = third_stage;
  if (stage < third_stage) return stage + 1;
  if (stage == last_stage) return twelve_groups;
  const int block = number_behind(parameter, "blocks.");
  return block < 0 ? 3 : 3 + 9 * block / depth;
}

int block_group(const std::string& parameter, const config::ModelOptions& model) {
  const auto blocks_before = [&](int stage) {
    return static_cast<int>(std::accumulate(model.depths.begin(), model.depths.begin() + stage, int64_t{0}));
  };
  if (is_behind_stages(parameter)) return blocks_before(static_cast<int>(model.depths.size()));
  const int stage = number_behind(parameter, "stages.");
  if (stage < 0) return 0;
  return blocks_before(stage) + std::max(0, number_behind(parameter, "blocks."));
}

double layer_rate(const std::string& parameter, const config::ModelOptions& model,
                  const config::RecipeOptions& recipe) {
  const bool by_blocks = recipe.layer_groups == config::LayerGroups::blocks;
  const int last = by_blocks ? block_group("head.", model) : twelve_groups + 1;
  return std::pow(recipe.layer_decay,
                  last - (by_blocks ? block_group(parameter, model) : layer_group(parameter, model)));
}

}  // namespace staircase::train
