#pragma once

#include <filesystem>

#include "staircase/report/class_data.h"
#include "staircase/report/report_table.h"
#include "staircase/report/trained.h"

namespace staircase::report {

/// All that report.html shows of one folder.
struct ReportData {
  std::string label;  ///< the experiment's name, or what tells it apart from others on the page
  std::string folder;
  analysis::Results results;
  config::Json experiment;  ///< the content of experiment.json; null: it cannot be read
  Trained trained;          ///< empty: it cannot be read
  Classes classes;          ///< empty: no run has them
};

ReportData report_data(const std::filesystem::path& folder, analysis::Results results);

/// What the charts of the page draw, as charts/common.js takes it:
/// {"label", "metric": {"name", "title", "unit"}, "results": content of results.json,
///  "runs": [{"row": index of its row, "seed", "curve": {"epoch": [...], "train_loss": [...], SCORE: [...]}}],
///  "curve_stride"}.
/// A run that several rows share stands there once, with the first of them. Of many long runs each curve has every
/// `curve_stride`-th epoch, the first and the last: a page holds some 40,000 points.
config::Json chart_data(const ReportData& data);

/// What each row was trained with, with every default, by its name.
config::Json configurations(const analysis::Results& results);

/// Runs that were begun, their training and evaluation time, and memory, row by row and in all. Throughput stands in
/// the main table alone, of the runs that are done.
TextTable cost_table(const analysis::Results& results);

}  // namespace staircase::report
