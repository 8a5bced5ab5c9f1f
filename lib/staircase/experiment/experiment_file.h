#pragma once

#include <filesystem>

#include "staircase/config/naming.h"
#include "staircase/experiment/experiment.h"

namespace staircase::experiment {

/// What experiment.json says of its writer: {"version", "revision", "format"}. The format is the folder's: how its
/// runs are named (config/naming.h) and laid out. A folder keeps the one that it began with.
config::Json writer_json(int64_t format = config::newest_format);

/// What experiment.json holds: the experiment, its writer and `beside`, an object whose keys are not the
/// experiment's.
config::Json stored_content(const Experiment& experiment, const config::Json& beside,
                            int64_t format = config::newest_format);

/// An experiment.json as it lies in a folder of results.
struct StoredExperiment {
  /// Without what it says of its writer, and with the frozen defaults of fields that its base lacks.
  config::Json content;
  Experiment experiment;
  int64_t format = config::newest_format;
};

/// `beside`: keys of the file that are not the experiment's. A file that does not name its writer has format 1. A
/// field of a configuration that is missing there has its frozen default (config/naming.h), one of the experiment its
/// own. Throws RequestError naming the version that wrote the file and what this one reads, when the format or a
/// field is not known here, or when runs lie beside it that were named before format 1 was what it is.
StoredExperiment read_stored_experiment(const std::filesystem::path& file, const std::vector<std::string>& beside);

}  // namespace staircase::experiment
