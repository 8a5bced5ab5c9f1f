#pragma once

#include "staircase/data/image.h"
#include "staircase/train/preview.h"

namespace staircase::apps {

/// What a preview is made from: a run of this configuration and seed, on its data, which are opened. `source`: the
/// experiment's file, for messages; `index_folder`: of a run, where an index of the data may lie. Throws RequestError.
train::TrainJob preview_job(const config::Configuration& configuration, int64_t seed, const std::string& source,
                            const std::filesystem::path& index_folder = {});

/// The images in rows with their classes under them; of masked autoencoding what is hidden of each, and what was filled
/// in, beside it.
data::Image preview_picture(std::vector<train::TrainingImage> images, const std::vector<std::string>& classes);

}  // namespace staircase::apps
