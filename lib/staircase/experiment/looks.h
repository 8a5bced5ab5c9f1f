#pragma once

#include <string>
#include <vector>

#include "staircase/config/experiment_options.h"

namespace staircase::experiment {

/// A moment at which the differences are looked at: when so many seeds of every row are done.
struct Look {
  int64_t seeds = 0;
  double share = 0;  ///< of the error that all looks together may make
};

/// The looks of an experiment that adds seeds, fixed before it begins: the first, then each time a third more seeds are
/// there, the last at the most. Each has the share of the error that its new seeds are of the most: linear spending.
/// Source: Lan and DeMets 1983, "Discrete sequential boundaries for clinical trials", Biometrika 70.
std::vector<Look> looks_of(const config::UntilOptions& until);

/// How many seeds an experiment with so many is to have for its next look; empty: there is none.
std::optional<int64_t> seeds_of_next_look(const config::UntilOptions& until, int64_t seeds);

/// The seeds, with as many more as make `count`: the numbers after the largest.
std::vector<int64_t> extended_seeds(std::vector<int64_t> seeds, int64_t count);

/// Writes out when the first look is, and refuses what leaves no seeds to add, or a design that judges other things
/// than its rows one by one. Throws config::ConfigError.
void resolve_until(config::ExperimentOptions& options, const std::string& source);

/// Whether an experiment is about rows that are each compared with one other: a walk, steps alone, a comparison.
bool compares_row_by_row(const config::ExperimentOptions& options);
/// "/design cumulative and one_at_a_time, and /kind comparison", for messages.
std::string row_by_row_text();

}  // namespace staircase::experiment
