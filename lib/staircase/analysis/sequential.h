#pragma once

#include "staircase/analysis/differences.h"
#include "staircase/experiment/looks.h"

namespace staircase::analysis {

/// A difference that is looked at more than once, with its numbers by seed; empty where it has none yet, which counts.
struct LookedAt {
  std::optional<Difference>* difference;
  SeedNumbers numbers;
};

/// How often an experiment that adds seeds may still look, and what the last look left open.
struct Looks {
  double shown = 0;  ///< the smallest difference that matters
  int64_t at_most_seeds = 0;
  std::vector<int64_t> looks;        ///< the seeds of each
  int64_t seeds = 0;                 ///< of the last whole look; 0: the first is still to come
  size_t differences = 0, open = 0;  ///< that are judged; of these not decided
  std::vector<std::string> open_rows;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "looks";
  static constexpr auto fields() {
    using L = Looks;
    return std::make_tuple(
        config::field("shown", &L::shown, ""), config::field("at_most_seeds", &L::at_most_seeds, ""),
        config::field("looks", &L::looks, "seeds of each"), config::field("seeds", &L::seeds, "of the last whole look"),
        config::field("differences", &L::differences, ""), config::field("open", &L::open, "not decided yet"),
        config::field("open_rows", &L::open_rows, ""));
  }
};

/// Judges differences at every look for which all of them have their seeds, so that all intervals of all looks hold
/// together with 95 %: that of a look is mean +- t_quantile(n - 1, 0.05 * share / differences) * std / sqrt(n), and an
/// interval is what all looks so far allow. "higher" or "lower" where it excludes 0, "smaller" where it lies within
/// +-`smallest`, whichever comes first; else no difference is shown, yet. The numbers are those of the last whole
/// look's seeds; a difference without its first seed keeps the mean that it has. p and p_holm stay empty. What is at
/// chance counts and is not judged. Before the first whole look nothing has an interval or a verdict.
/// Each look by itself keeps its share for normal numbers, whatever the looks depend on each other (Bonferroni).
/// Sources: Jennison and Turnbull 1989, "Interim analyses: the repeated confidence interval approach", JRSS B 51;
/// shares by Lan and DeMets 1983.
/// Returns the seeds of the last whole look; 0: there is none.
int64_t judge_at_looks(const std::vector<LookedAt>& differences, const std::vector<int64_t>& seeds,
                       const std::vector<experiment::Look>& looks, double smallest);

/// Whether more seeds may change what is said of a difference that is looked at.
bool is_open(const Difference& difference);

}  // namespace staircase::analysis
