#pragma once

#include "staircase/config/data_content.h"
#include "staircase/data/dataset.h"

namespace staircase::data {

/// What a data set on disk holds, wherever it lies: of each class in each part the number of images and a stamp. Where
/// Dataset::visit_files gives files, the stamp is of their names below the part and their sizes, and no image is
/// read; images that lie in memory are stamped by their pixels. No parts for data that the options describe whole.
/// Part of the names of runs: what this gives for a set never changes.
/// Throws RequestError naming a file whose size cannot be read.
config::DataContent content_of(const DataSource& source, const config::DataOptions& options);

}  // namespace staircase::data
