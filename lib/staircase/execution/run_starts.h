#pragma once

#include "staircase/train/trainer.h"

namespace staircase::execution {

/// What config.json of a run's folder says: {"configuration", "seed", "classes", "initial_weights_crc32", "starts"}.
/// "starts" grows by one with every start and is never overwritten: {"time" (UTC), "device", "libtorch", "staircase":
/// {"version", "revision"}, "compiler", "machine", "threads", "processes", "from_step" (of the checkpoint that it goes
/// on from; 0: none)}. A file from before starts were listed holds one, at its top; it becomes the first of the list.
/// Throws std::runtime_error naming the path.
void write_run_config(const train::TrainJob& job);

/// A run that would go on from a checkpoint goes on on the kind of device and the LibTorch that it began with,
/// unless `elsewhere`: results depend on both. Throws RequestError naming both, and the way out.
void check_start(const train::TrainJob& job, bool elsewhere);

}  // namespace staircase::execution
