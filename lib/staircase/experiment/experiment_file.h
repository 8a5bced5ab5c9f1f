#pragma once

#include <filesystem>

#include "staircase/experiment/experiment.h"

namespace staircase::experiment {

/// What experiment.json says of its writer: {"version", "revision", "format", "fields"}. Another format number
/// means that folders of this one are laid out or named differently. "fields" stands for the names of all fields
/// of a configuration: runs are named by them.
config::Json writer_json();

/// What experiment.json holds: the experiment, its writer and `beside`, an object whose keys are not the
/// experiment's.
config::Json stored_content(const Experiment& experiment, const config::Json& beside);

/// An experiment.json as it lies in a folder of results.
struct StoredExperiment {
  config::Json content;  ///< without what it says of its writer
  Experiment experiment;
};

/// `beside`: keys of the file that are not the experiment's. A file that does not name its writer is read as
/// this version's. Throws RequestError naming the version that wrote the file and what this one reads,
/// when the format is another one, a field is not known here, a field that names runs is missing there, or
/// runs lie beside the file that were named by other fields.
StoredExperiment read_stored_experiment(const std::filesystem::path& file, const std::vector<std::string>& beside);

}  // namespace staircase::experiment
