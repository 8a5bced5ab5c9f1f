#pragma once

#include <filesystem>
#include <vector>

#include "staircase/config/data_content.h"
#include "staircase/experiment/design.h"
#include "staircase/experiment/experiment_file.h"

namespace staircase::runs {

/// What a folder knows of its data: what they decide of a model, and what the files of each set hold.
struct DataShape {
  int64_t classes = 0, channels = 0;
  std::vector<config::DataContent> sets;            ///< none for data that are drawn
  std::vector<experiment::DataNumbers> contexts{};  ///< of the data of each context; empty: there are none
};

/// {"classes", "channels", "sets": [...], "contexts": [[classes, channels], ...] where there are any}, as experiment.json has it under "data_has".
config::Json write_data_shape(const DataShape& shape);

/// Throws RequestError naming the file. Files of format 1 have no sets before a later version has opened the data.
DataShape read_data_shape(const config::Json& value, const std::string& file);

/// The data of an experiment after a step's edits and its overrides; without edits, those of the base, which decide
/// classes and channels.
config::DataOptions data_of(const experiment::Experiment& experiment,
                            const config::Json& edits = config::Json::object());

/// The same in a context, whose edits come last.
config::DataOptions data_in_context(const experiment::Experiment& experiment, const config::ContextOptions& context);

/// The experiment's rows, with what the folder knows of its data.
experiment::DesignedExperiment design_with(const experiment::Experiment& experiment, const DataShape& shape);

/// Refuses data that are not what the folder was made with, wherever they lie: those of the base, of each step and of each context.
/// Throws RequestError naming the first class, count or part that changed.
void check_same_data(const std::filesystem::path& folder, const experiment::Experiment& there,
                     const DataShape& shape_there, const experiment::Experiment& here, const DataShape& shape_here);

/// What is known after data were opened: `here`, and the sets of `there` that were not.
DataShape join_shapes(const DataShape& there, DataShape here);

}  // namespace staircase::runs
