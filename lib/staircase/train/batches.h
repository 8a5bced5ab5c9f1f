#pragma once

#include <functional>
#include <memory>
#include <string>

#include "staircase/data/loader.h"
#include "staircase/train/job.h"
#include "staircase/train/mixing.h"

namespace staircase::train {

/// The training batches of a job in micro-batches (even; 0 or the batch: whole ones), mixed as their steps say; of a
/// group's, this process's share.
/// Throws what data::Loader throws.
std::unique_ptr<data::Loader> make_train_loader(const TrainJob& job, int64_t micro_batch_size,
                                                std::function<void(const std::string&)> on_warning);

/// Every image of one of the job's data sets, in batches of 128; of a group's, this process's share.
std::unique_ptr<data::Loader> make_eval_loader(const TrainJob& job, std::shared_ptr<const data::Dataset> dataset,
                                               std::function<void(const std::string&)> on_warning);

/// How optimizer step `step` (from 0) mixes its batch.
Mix draw_mix_of_step(const TrainJob& job, int64_t step);

}  // namespace staircase::train
