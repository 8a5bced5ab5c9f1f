#pragma once

#include <set>
#include <vector>

#include "staircase/processes/process_group.h"
#include "staircase/train/class_results.h"

namespace staircase::train {

/// What one batch adds to an evaluation.
struct BatchSums {
  int64_t index = 0, images = 0;
  std::vector<std::vector<double>> of_models;
};

/// Those of all processes, in the order of the batches; the numbers to the bit.
std::vector<BatchSums> gathered(const std::vector<BatchSums>& own, processes::ProcessGroup& group);

/// The answers of all processes in the order of the batches.
ClassResults gathered(const std::vector<BatchAnswers>& own, processes::ProcessGroup& group);

/// What at least one process has.
std::set<size_t> gathered(const std::set<size_t>& own, processes::ProcessGroup& group);

/// The texts of the others, by rank, for rank 0; nothing for all others.
std::vector<std::string> gathered(const std::vector<std::string>& own, processes::ProcessGroup& group);

}  // namespace staircase::train
