#pragma once

#include "arguments.h"
#include "staircase/experiment/experiment.h"

namespace staircase::apps {

/// CONFIG or MODEL of `bench`.
struct BenchSubject {
  std::string name;
  /// What options and --set left of it. Of a network alone: the recipe `modern` on random images; of a run, its own.
  config::Configuration configuration;
  std::optional<experiment::Experiment> experiment;  ///< CONFIG, whose first row the configuration is
};

/// With --image-size, --batch-size, --precision and --set. Throws RequestError.
BenchSubject read_bench_subject(const Arguments& arguments);

}  // namespace staircase::apps
