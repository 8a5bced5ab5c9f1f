#pragma once

#include "staircase/data/loader.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

/// Over every image of a data set, each counted once.
struct Scores {
  double top1 = 0, top5 = 0;  ///< percent; top5 counts the best min(5, classes)
  double loss = 0;            ///< mean cross-entropy, no smoothing
  int64_t images = 0;
};

/// Runs the model in evaluation mode over one pass of the loader; the model's mode is kept.
/// Throws what the loader throws, and std::runtime_error when no image could be read.
Scores evaluate(nn::Classifier& model, data::Loader& loader, torch::Device device, config::Precision precision,
                const std::function<void()>& between_batches = {});

}  // namespace staircase::train
