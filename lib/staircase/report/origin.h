#pragma once

#include "staircase/report/report_table.h"

namespace staircase::report {

/// Source revision, libraries, compiler and machine, a row for each that made runs; a run that was stopped and went on
/// counts with each of its starts.
TextTable origin_table(const analysis::Results& results);

/// One sentence that names the rows which were made otherwise than the others, and in what: kind of device, version of
/// LibTorch, threads, processes, revision. Differences between such rows need not be the steps'. None: all are alike.
std::vector<std::string> origin_notes(const analysis::Results& results);

}  // namespace staircase::report
