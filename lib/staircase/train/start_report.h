#pragma once

#include "staircase/nn/classifier.h"
#include "staircase/train/job.h"
#include "staircase/train/start.h"

namespace staircase::train {

/// What a run that starts from a file starts from, for start.json in its folder: {"weights", "tensors": of the file
/// that were taken, "of_tensors": that the network has, "decoder_tensors": left out, "head": "kept" or "fresh",
/// "final_norm": the same, "parameters", "frozen_parameters",
/// "freeze", "layer_decay", "learning_rates": [{"part", "lowest", "highest"}]}. Rates are those of the highest point
/// of the schedule; frozen parts have none.
config::Json start_report(const TrainJob& job, const nn::Classifier& model, const LoadedWeights& loaded);

/// The same in one sentence.
std::string start_sentence(const config::Json& report);

}  // namespace staircase::train
