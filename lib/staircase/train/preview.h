#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "staircase/data/image.h"
#include "staircase/train/mixing.h"
#include "staircase/train/trainer.h"

namespace staircase::train {

/// The share that a class has in an image. Label smoothing, which spreads over all classes, is left out.
struct WeightedLabel {
  int64_t index = 0;  ///< of the class
  double weight = 1;
};

/// One image as it enters the network (cropped, augmented, normalized, erased, mixed), brought back to 8 bits.
struct TrainingImage {
  data::Image image;
  std::vector<WeightedLabel> labels;  ///< one, or two of different classes, its own first
  Mix::Kind mix = Mix::Kind::none;
  /// Of masked autoencoding: hidden cells gray, and as a trained network fills them in.
  std::optional<data::Image> masked, filled_in;
};

/// The first `count` images of an epoch, in the order and with the augmentation and mixing that a run of
/// this job gives them. `epoch`: from 0. Needs no network, no folder and no device of the job; a batch is
/// made in pairs of images that are mixed with each other, only as far as they are shown.
/// weights: of a run of masked autoencoding, whose network fills hidden cells in; empty: none does.
/// Throws RequestError when the epoch has fewer images, when the weights do not fit, and what the loader throws.
std::vector<TrainingImage> preview_images(const TrainJob& job, int64_t epoch, int64_t count,
                                          const std::function<void(const std::string&)>& on_warning = {},
                                          const std::filesystem::path& weights = {});

}  // namespace staircase::train
