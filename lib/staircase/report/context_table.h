#pragma once

#include "staircase/report/report_table.h"

namespace staircase::report {

/// A line a row: what it is worth in each context, with its verdict, and whether that depends on the context.
/// No rows without contexts.
TextTable context_table(const analysis::Results& results);

/// A line a row: what it reaches in the context that is best for it. No rows where nothing is tuned.
TextTable tuned_table(const analysis::Results& results);

/// What the contexts are, where what is shown holds, and what the tables of contexts mean.
std::vector<std::string> context_notes(const analysis::Results& results);

/// What A/A checks say of the table.
std::vector<std::string> a_a_notes(const analysis::Results& results);

/// How far an experiment is that adds seeds until its differences are decided.
std::vector<std::string> look_notes(const analysis::Results& results);

}  // namespace staircase::report
