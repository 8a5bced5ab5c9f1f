#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "staircase/execution/group_estimate.h"
#include "staircase/train/trainer.h"

namespace staircase::execution {

/// A run that is still to be done.
struct PlannedRun {
  train::TrainJob job;
  std::optional<double> seconds;  ///< what its configuration took with another seed; empty: not known yet
  std::string row = {};
};

struct WorkEstimate {
  double training_macs = 0;              ///< multiply-accumulates of the runs to do
  std::optional<double> expected_hours;  ///< one run after another; empty: nothing could be timed
  std::vector<GroupStep> group_steps;    ///< of several processes: of each configuration that was timed
};

/// Multiply-accumulates of one run: 3 x those of a forward pass (the backward pass takes about two) x images an
/// epoch x epochs. Evaluation is left out.
double training_macs(const train::TrainJob& job);

/// Seconds that an image takes in training, by one process, from a few training steps in a temporary folder, on batches
/// that are small enough for steps of well under a second; where two images are too large for that, on smaller ones,
/// scaled by the MACs. The steps that find their batch ready, because the loader made it during the slow first one, are not
/// timed: loading counts as it does in the long run. It ends with the step in which `most_seconds` are over.
/// Empty: the steps failed, or none would end in less than a minute.
std::optional<double> time_image(const train::TrainJob& job, double most_seconds = 20.0);

/// Seconds that a run of this job should take one process, by time_image(). An image of an evaluation is taken as a
/// third of one in training.
std::optional<double> time_run(const train::TrainJob& job, double most_seconds = 20.0);

/// What the runs cost together. Configurations of unknown time are timed one by one for at most `cap_seconds` and a step;
/// the rest is estimated from the MACs at the mean rate of the others. `say` is told before anything is timed. A link of
/// several processes: each run is done by so many together.
WorkEstimate estimate_work(std::vector<PlannedRun> runs, double cap_seconds = 20.0,
                           const std::function<void(const std::string&)>& say = {}, const GroupLink& link = {});

}  // namespace staircase::execution
