#pragma once

#include "staircase/nn/classifier.h"
#include "staircase/train/job.h"

namespace staircase::train {

/// What a run that starts from a file starts from, for start.json in its folder: {"weights", "tensors": of the file
/// that were taken, "of_tensors": that the network has, "head": "kept" or "fresh", "parameters", "frozen_parameters",
/// "freeze", "layer_decay", "learning_rates": [{"part", "lowest", "highest"}]}. Rates are those of the highest point
/// of the schedule; frozen parts have none.
config::Json start_report(const TrainJob& job, const nn::Classifier& model, size_t tensors);

/// The same in one sentence.
std::string start_sentence(const config::Json& report);

}  // namespace staircase::train
