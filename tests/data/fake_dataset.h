#pragma once

#include <set>
#include <vector>

#include "staircase/data/loader.h"

namespace staircase::tests {

/// Images of one color that tell their index: every value is (7 * index + 11) % 256.
class FakeDataset : public data::Dataset {
 public:
  FakeDataset(size_t count, int side, int channels = 3, std::set<size_t> bad = {})
      : count_(count), side_(side), channels_(channels), bad_(std::move(bad)) {}
  size_t size() const override { return count_; }
  data::Image image(size_t index) const override {
    if (bad_.contains(index)) throw data::BadImage(name(index) + ": is damaged");
    return data::Image(side_, side_, channels_, static_cast<uint8_t>(7 * index + 11));
  }
  int64_t label(size_t index) const override { return static_cast<int64_t>(index); }
  std::string name(size_t index) const override { return "fake " + std::to_string(index); }

 private:
  size_t count_;
  int side_, channels_;
  std::set<size_t> bad_;
};

/// No augmentation at all.
inline config::RecipeOptions plain_recipe() {
  config::RecipeOptions recipe;
  recipe.rand_augment_operations = 0;
  recipe.color_jitter = recipe.random_erasing = recipe.flip_probability = 0;
  recipe.small_image_padding = 0;
  return recipe;
}

inline config::DataOptions sized(int64_t image_size_px, double max_bad_fraction = 0.5) {
  config::DataOptions options;
  options.image_size_px = image_size_px;
  options.max_bad_fraction = max_bad_fraction;
  return options;
}

/// The batches of an epoch from `first` on.
inline std::vector<data::Batch> epoch_of(data::Loader& loader, int64_t epoch, int64_t first = 0) {
  std::vector<data::Batch> batches;
  loader.begin(epoch, first);
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

/// All labels in order; FakeDataset's labels are the indices.
inline std::vector<int64_t> labels_of(const std::vector<data::Batch>& batches) {
  std::vector<int64_t> labels;
  for (const auto& batch : batches)
    for (int64_t i = 0; i < batch.labels.size(0); ++i) labels.push_back(batch.labels[i].item<int64_t>());
  return labels;
}

}  // namespace staircase::tests
