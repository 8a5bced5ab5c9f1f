#pragma once

#include "staircase/analysis/rows.h"
#include "staircase/config/experiment_options.h"
#include "staircase/experiment/design.h"

namespace staircase::analysis {

/// What a row reaches in the context that is best for it.
struct TunedRow {
  std::string row, to, best;    ///< best: the context with the highest mean
  std::optional<double> score;  ///< chosen by the other seeds, seed by seed: no choice sees its own number
  std::optional<Difference> difference;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "tuned row";
  static constexpr auto fields() {
    using T = TunedRow;
    return std::make_tuple(config::field("row", &T::row, ""), config::field("to", &T::to, ""),
                           config::field("best_context", &T::best, "of highest mean"),
                           config::field("score", &T::score, "chosen by the other seeds"),
                           config::field("difference", &T::difference, "of two rows, each in its best context"));
  }
};

/// What the rows reach when each is tuned: with as many runs for every row.
struct Tuned {
  std::vector<std::string> contexts;  ///< among which each row is tuned: of equal network, data and epochs
  std::vector<TunedRow> rows;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "tuned";
  static constexpr auto fields() {
    return std::make_tuple(config::field("contexts", &Tuned::contexts, ""), config::field("rows", &Tuned::rows, ""));
  }
};

/// The numbers of one row in each context, by seed.
using NumbersByContext = std::vector<SeedNumbers>;

/// For every seed that all contexts have: its number in the context of the highest mean over the other seeds. The mean
/// of these is unbiased for what such a choice gives, where the highest mean itself is too high. Empty: fewer than two.
SeedNumbers chosen_by_other_seeds(const NumbersByContext& numbers);

/// D = max_c a_c - max_d b_d of the true means, with `mean`: the mean of chosen_by_other_seeds of a minus that of b.
/// Those numbers share seeds through the choice, so their spread says too little. The interval is made of those of all
/// pairs of contexts, by pairs of equal seed: D lies above max_c min_d of the lower bounds of a_c - b_d and below
/// min_d max_c of the upper ones, each at 2.5 % over the number of contexts; p accordingly, of the side that `mean` is
/// on. Pairs without spread bound nothing; without two bounds there is no interval and no p. Empty: fewer than two
/// seeds.
/// Source: an intersection-union test in the other row's context, Berger 1982, "Multiparameter hypothesis testing and
/// acceptance sampling", Technometrics 24; Bonferroni in the row's own.
std::optional<Difference> tuned_difference(const NumbersByContext& a, const NumbersByContext& b);

/// Each row in its best of the contexts that leave its network, data, start and epochs as they are written, so that all
/// rows have one budget; the differences judged together, but those of two rows that are at chance where they are best.
/// Where the experiment adds seeds they have no interval and no verdict: these would not hold at every look.
/// Empty: no such context but the one as written, or fewer than two seeds are done.
Given<Tuned> tuned_rows(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                        const std::string& score, const std::vector<Row>& rows);

}  // namespace staircase::analysis
