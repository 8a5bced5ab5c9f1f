#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "staircase/config/data_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/data/bad_images.h"
#include "staircase/data/dataset.h"
#include "staircase/data/normalizer.h"
#include "staircase/data/transforms.h"

namespace staircase::data {

/// train: shuffled and augmented. eval: in order, every image once.
enum class LoaderMode { train, eval };

/// Where the time of the samples went so far, seconds of all threads together.
struct LoadingTimes {
  double decode = 0;     ///< read and decode
  double resize = 0;     ///< crop and resize
  double augment = 0;    ///< flip, RandAugment or color jitter
  double normalize = 0;  ///< and erase
  double finish = 0;     ///< LoaderOptions::finish, of whole batches: mixing
};

/// Makes one sample of a batch: decode, transform, normalize, erase. Safe for threads.
class SampleReader {
 public:
  SampleReader(std::shared_ptr<const Dataset> dataset, const config::DataOptions& data,
               const config::RecipeOptions& recipe, LoaderMode mode, uint64_t seed, int64_t channels);

  /// Floats of one sample: channels * image_size_px^2.
  size_t sample_size() const;

  /// Writes the sample at `position` of the epoch's order, image `index`, to `out` (HWC) and returns
  /// its label. A damaged image is noted and in training replaced by the next good index; in
  /// evaluation the sample is left out (empty).
  /// Throws std::runtime_error when too many are damaged, std::invalid_argument when an image has
  /// other channels.
  std::optional<int64_t> read(int64_t epoch, size_t position, size_t index, float* out);

  BadImages& bad_images() { return bad_images_; }
  const BadImages& bad_images() const { return bad_images_; }

  LoadingTimes times() const;

 private:
  using Nanoseconds = std::atomic<int64_t>;
  struct Sample;

  /// False: the image is damaged, and noted.
  bool try_image(size_t index, Sample& sample);
  void make(size_t index, Sample& sample);

  std::shared_ptr<const Dataset> dataset_;
  config::DataOptions data_;
  config::RecipeOptions recipe_;
  LoaderMode mode_;
  uint64_t seed_;
  int64_t channels_;
  Normalizer normalizer_;
  BadImages bad_images_;
  Nanoseconds decode_ = 0, resize_ = 0, augment_ = 0, normalize_ = 0;
};

}  // namespace staircase::data
