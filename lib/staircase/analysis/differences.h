#pragma once

#include <map>
#include <optional>
#include <vector>

#include "staircase/analysis/moderated.h"
#include "staircase/analysis/statistics.h"
#include "staircase/config/experiment_options.h"

namespace staircase::analysis {

/// A number of each seed that has one.
using SeedNumbers = std::map<int64_t, double>;

std::vector<double> values_of(const SeedNumbers& numbers);

/// a - b for every seed that both have.
SeedNumbers paired_differences(const SeedNumbers& a, const SeedNumbers& b);

/// What the seeds say of a difference.
enum class Verdict {
  higher,
  lower,
  not_shown,       ///< it is not told apart from 0
  no_spread_seen,  ///< several seeds with one number: no certainty
  smaller,         ///< looked at until decided: smaller than the smallest that matters, whichever way
  at_chance,       ///< of rows that have learned nothing: it says nothing of what they differ in
};

/// "lower" of "higher", and the other way round.
Verdict reversed(Verdict verdict);

/// A mean over seeds of something that is 0 where nothing differs.
struct Difference {
  double mean = 0;
  std::optional<double> std;  ///< of the seeds' numbers; empty, as all that follows: fewer than two
  int64_t count = 0;
  /// 95 %; empty, as p, also where all numbers are equal and not 0: no spread, no certainty.
  std::optional<Interval> interval;
  std::optional<double> std_error, p;
  std::optional<double> degrees;   ///< of freedom, that the seeds' part of the error is known from
  std::optional<double> p_holm;    ///< corrected for its table; empty: not judged
  std::optional<Verdict> verdict;  ///< empty: one seed, or not judged

  // Beside results.json, for judge_together:
  double squared_weights = 2;  ///< of the scores that it is a weighted sum of; spreads of one table share the rest
  std::optional<ErrorSource> other;  ///< than of the seeds, such as of the choice of images
  bool at_chance = false;  ///< all its rows are: it counts in the correction, is not judged and lends no spread

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "difference";
  static constexpr auto fields() {
    using D = Difference;
    return std::make_tuple(config::field("mean", &D::mean, ""), config::field("std", &D::std, ""),
                           config::field("n", &D::count, "seeds"), config::field("interval", &D::interval, "95 %"),
                           config::field("std_error", &D::std_error, ""),
                           config::field("degrees", &D::degrees, "of freedom, of the seeds"),
                           config::field("p", &D::p, "of one test"),
                           config::field("p_holm", &D::p_holm, "corrected for all differences of its table"),
                           config::field("verdict", &D::verdict, ""));
  }
};

/// The mean of these numbers with Student's interval, which `other` widens (reach_of), not judged yet; empty: none.
std::optional<Difference> difference_of(const std::vector<double>& differences,
                                        const std::optional<ErrorSource>& other = {});

/// How the differences of a table are judged.
struct Judging {
  config::Statistics statistics = config::Statistics::moderated;
};

/// What a table was judged by.
struct JudgedBy {
  /// Where differences lent each other their spread; empty: each was judged by its own. The variance is that of one
  /// run's score beside what all rows of a seed share, so a difference of two rows has twice that.
  Given<SpreadPrior> prior;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "judged by";
  static constexpr auto fields() { return std::make_tuple(config::field("prior", &JudgedBy::prior, "of variances")); }
};

/// Judges the differences of one table, which are corrected together; a null one is still to come. By
/// Statistics::moderated each takes its standard error, degrees of freedom, interval and p from the table_prior() of
/// their variances, which are compared per squared weight; what is at chance, or has no spread, says nothing of it.
/// The verdict is "higher" or "lower" where p_holm is below 0.05, else "no difference shown", which is so wherever the
/// interval contains 0 and, by the correction, for some that it does not. Several seeds without a p have "no spread
/// seen", one seed has no verdict. Asked for are mean, std, count, p, squared_weights, other and at_chance.
JudgedBy judge_together(const std::vector<Difference*>& differences, const Judging& judging);

/// Of a difference whose rows are all at chance, before it is judged: it still makes the others harder to show.
void leave_at_chance(Difference& difference);

/// The same taken the other way round.
Difference negated(Difference difference);

}  // namespace staircase::analysis

namespace staircase::config {

/// Infinite degrees are written as null.
template <>
struct Codec<analysis::SpreadPrior> {
  static Json write(const analysis::SpreadPrior& prior) {
    return {{"degrees", prior.degrees}, {"variance", prior.variance}};
  }
};

template <>
inline constexpr std::array enum_names<analysis::Verdict>{std::string_view("higher"),
                                                          std::string_view("lower"),
                                                          std::string_view("no difference shown"),
                                                          std::string_view("no spread seen"),
                                                          std::string_view("smaller than asked"),
                                                          std::string_view("at chance")};

}  // namespace staircase::config
