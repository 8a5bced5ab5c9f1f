#include "staircase/train/trainer.h"

#include <ATen/Parallel.h>

#include "staircase/base/files.h"
#include "staircase/train/loop.h"

namespace staircase::train {

config::Json train(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop) {
  check_job(job);
  at::set_num_threads(job.threads);
  make_folder(job.folder);
  return TrainLoop(job, observer, stop).run();
}

}  // namespace staircase::train
