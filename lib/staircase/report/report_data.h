#pragma once

#include <filesystem>

#include "staircase/report/report_table.h"

namespace staircase::report {

/// All that report.html shows of one folder:
/// {"label": the experiment's name, "folder", "results": content of results.json, "experiment": of experiment.json,
///  "configurations": {the name of a row: its configuration as trained, with every default},
///  "runs": [{"row": index of its row, "row_name", "seed", "name", "curve": [{"epoch", "train_loss", "top1", ...}],
///            "train_seconds", "eval_seconds", "train_images", "peak_memory_mb", "made_by": config.json of the run
///            without its configuration}],
///  "warnings": [what could not be read]}.
/// A run that several rows share stands there once, with the first of them.
/// The warnings are those of the results, which name damaged lines of logs, and those of other files.
config::Json report_data(const std::filesystem::path& folder, const config::Json& results);

/// Runs, training and evaluation time, throughput and memory, row by row and in all.
TextTable cost_table(const config::Json& data);

/// Source revision, libraries, compiler and machine, a row for each that made runs.
TextTable origin_table(const config::Json& data);

}  // namespace staircase::report
