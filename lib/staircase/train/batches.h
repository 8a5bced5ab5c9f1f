#pragma once

#include <functional>
#include <memory>
#include <string>

#include "staircase/data/loader.h"
#include "staircase/train/mixing.h"
#include "staircase/train/trainer.h"

namespace staircase::train {

/// The loader of one part of a job's data. What its batches hold depends on the job's configuration
/// and seed alone. `prefetch_batches`: in memory at once. Throws what Loader's constructor throws.
std::unique_ptr<data::Loader> make_loader(const TrainJob& job, std::shared_ptr<const data::Dataset> dataset,
                                          data::LoaderMode mode, int64_t batch_size,
                                          std::function<void(const std::string&)> on_warning,
                                          int64_t prefetch_batches = data::LoaderOptions{}.prefetch_batches);

/// How the batch of an optimizer step is mixed. `step`: of the whole run, from 0; `images`: (N, C, H, W).
Mix draw_mix_of_step(const TrainJob& job, int64_t step, const torch::Tensor& images);

}  // namespace staircase::train
