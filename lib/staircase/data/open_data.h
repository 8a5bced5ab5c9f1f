#pragma once

#include <filesystem>

#include "staircase/config/data_options.h"
#include "staircase/config/json.h"
#include "staircase/data/dataset.h"

namespace staircase::data {

/// Refuses fields that the kind does not use (naming both fields) and a path that is left out.
/// Touches no file. `place` is where the options stand, {"sweep.json", "/data"}.
/// Throws config::ConfigError.
void check_data_options(const config::DataOptions& options, const config::Place& place);

/// check_data_options, then opens the data and checks all that can be checked without decoding an
/// image. Throws RequestError naming the path: a folder or file that is missing, unreadable, cut
/// short or of another format.
/// `index_folder`: the folder of a run, in which an index of the data may lie (DataSource::keep_index); empty: none.
DataSource open_data(const config::DataOptions& options, const config::Place& place,
                     const std::filesystem::path& index_folder = {});

}  // namespace staircase::data
