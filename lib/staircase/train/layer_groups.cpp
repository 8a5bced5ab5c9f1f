#include "staircase/train/layer_groups.h"

#include <cmath>

namespace staircase::train {
namespace {

/// The number behind a word of a dotted path: ("stages.2.blocks.5.conv1", "blocks.") -> 5; -1: none.
int number_behind(const std::string& path, const std::string& word) {
  const size_t at = path.find(word);
  return at == std::string::npos ? -1 : std::stoi(path.substr(at + word.size()));
}

}  // namespace

int layer_group(const std::string& parameter, const config::ModelOptions& model) {
  const int head = layer_groups + 1, third_stage = 2, last_stage = 3;
  if (parameter.starts_with("head.")) return head;
  int stage = number_behind(parameter, "stages.");
  if (stage < 0) return 0;
  const auto depth = static_cast<int>(model.depths[static_cast<size_t>(stage)]);
  if (model.depths.size() == 1) stage = third_stage;
  if (stage < third_stage) return stage + 1;
  if (stage == last_stage) return layer_groups;
  const int block = number_behind(parameter, "blocks.");
  return block < 0 ? 3 : 3 + 9 * block / depth;
}

double layer_rate(const std::string& parameter, const config::ModelOptions& model, double decay) {
  return std::pow(decay, layer_groups + 1 - layer_group(parameter, model));
}

}  // namespace staircase::train
