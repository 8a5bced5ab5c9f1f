#pragma once

#include <atomic>

#include "staircase/train/job.h"
#include "staircase/train/observer.h"

namespace staircase::train {

/// Refuses a folder whose newest checkpoint belongs to another configuration, seed or number of threads. Throws RequestError.
void check_checkpoint(const TrainJob& job);

/// Trains, or goes on from the newest checkpoint in the folder, and returns the content of summary.json.
/// timing.jsonl ends with the finished network's latency at batch 1, measured for at most a second or 100 passes.
/// In a group every process calls this with a job that is the same but for its device and data folders, and the files
/// are rank 0's alone; all return, or throw Interrupted or processes::FailedTogether, together.
/// On the CPU the result does not depend on how often and when it was interrupted nor on the number of processes, to the bit.
/// Throws Interrupted after a checkpoint once `stop` is set; std::runtime_error with the step number
/// when the loss of training or a number of an evaluation is not finite, and naming the path when a file cannot be
/// written; RequestError when the checkpoint belongs to another model or there are fewer images than one batch.
config::Json train(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop);

}  // namespace staircase::train
