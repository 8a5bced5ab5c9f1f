#include "staircase/train/trainer.h"

#include <ATen/Parallel.h>

#include "staircase/base/files.h"
#include "staircase/config/naming.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/loop.h"

namespace staircase::train {
namespace {

/// What processes read from files of their own, or were told.
void check_same_work(const TrainJob& job) {
  const data::DataSource& data = job.data;
  job.group->check_alike("the configuration", config::content_name(job.configuration, config::newest_format) +
                                                  ", seed " + std::to_string(job.seed) + ", threads " +
                                                  std::to_string(job.threads));
  job.group->check_alike("the data", std::to_string(data.train->size()) + " training and " +
                                         std::to_string(data.val->size()) + " validation images of " +
                                         std::to_string(data.class_names.size()) + " classes");
}

}  // namespace

config::Json train(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop) {
  const bool leads = !job.group || job.group->leads();
  c10::OptionalDeviceGuard on_gpu;  // events and streams, too, are made where the thread is
  if (job.device.is_cuda()) on_gpu.reset_device(job.device);
  if (job.group) check_processes(job.configuration.recipe, job.group->size(), {});
  if (leads) check_job(job);
  at::set_num_threads(job.threads);
  if (leads) make_folder(job.folder);
  if (job.group) check_same_work(job);
  return TrainLoop(job, observer, stop).run();
}

}  // namespace staircase::train
