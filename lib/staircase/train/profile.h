#pragma once

#include <functional>
#include <string>
#include <vector>

#include "staircase/train/job.h"

namespace staircase::train {

/// Where the time of training steps goes.
struct StepProfile {
  struct Part {
    std::string name;
    double ms = 0;           ///< of a step, mean
    double backward_ms = 0;  ///< of these
  };
  /// Kinds of layers (with what is fused into them; `residual`: LayerScale, drop path, addition and ReLU), `loss`,
  /// `autograd` (sums of gradients, and what leads back through no layer), `optimizer`, `average`, `loader` (the wait for
  /// it), the longest first; the last is `other`. Together they are step_ms.
  std::vector<Part> parts;
  double step_ms = 0;
  int64_t steps = 0;
};

/// Trains for so long, from the job's first weights and with its batches, at least three steps after three that do not
/// count. Writes nothing. The job is on the CPU, where a call has computed what it returns.
/// Throws std::invalid_argument on another device; as check_job and data::Loader.
StepProfile profile_steps(const TrainJob& job, double seconds);

/// The same on one batch of random images in memory, so without a loader's work. Of the configuration's data only
/// the images' size counts; the model says classes and channels.
StepProfile profile_steps_in_memory(const config::Configuration& configuration, double seconds);

}  // namespace staircase::train
