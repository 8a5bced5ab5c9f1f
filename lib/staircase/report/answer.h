#pragma once

#include <string>
#include <vector>

#include "staircase/analysis/results.h"

namespace staircase::report {

/// The answer in words, before any table: which steps are shown to help and which to hurt, which are open and what
/// would decide them, and what the verdicts refer to. A line a sentence.
std::vector<std::string> answer_lines(const analysis::Results& results);

/// How verdicts were reached: the method, what the rows lend each other, and what of the error is of seeds and of
/// images.
std::vector<std::string> method_notes(const analysis::Results& results);

}  // namespace staircase::report
