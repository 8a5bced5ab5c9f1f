#pragma once

#include <optional>
#include <vector>

#include "staircase/analysis/result_fields.h"

namespace staircase::analysis {

/// From `low` to `high`, with 95 % confidence by Student's t.
struct Interval {
  double low = 0, high = 0;
};

/// Of the numbers of several seeds.
struct Spread {
  int64_t count = 0;
  double mean = 0;
  std::optional<double> std;         ///< sample standard deviation (n - 1); empty: fewer than two numbers
  std::optional<Interval> interval;  ///< of the mean; empty: fewer than two numbers

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "spread";
  static constexpr auto fields() {
    using S = Spread;
    return std::make_tuple(config::field("mean", &S::mean, ""), config::field("std", &S::std, ""),
                           config::field("n", &S::count, "numbers"), config::field("interval", &S::interval, ""));
  }
};

Spread spread_of(const std::vector<double>& numbers);

/// The standard error of a mean from one source, and the degrees of freedom that it is known from.
struct ErrorSource {
  double std_error = 0, degrees = 0;
};

/// The t that all but `outside` of Student's distribution lies within, both sides together; `degrees` of freedom > 0,
/// infinite for the normal distribution.
double t_quantile(double degrees, double outside = 0.05);

/// mean +- t_quantile(degrees, outside) * std_error.
Interval interval_around(double mean, double std_error, double degrees, double outside = 0.05);

/// Two-sided p-value of "the true mean is 0"; 1 for a mean of 0 without spread. Empty: another mean without spread.
/// Scores are counts of images, so equal differences of a few seeds are chance, not certainty.
std::optional<double> p_of_zero(double mean, double std_error, double degrees);

/// How far to each side an interval reaches whose error has two independent sources: the root of the sum of squares of
/// what each would reach by itself, with its own t, which holds whichever is larger (tests/analysis/images_test.cpp).
/// Satterthwaite's degrees, of both together, would not hold far out in the tail, where corrected comparisons are: in a
/// simulation of three seeds and eight comparisons they gave 0.2 false differences a table instead of 0.05.
/// Source: Howe 1974, "Approximate confidence limits on the mean of X + Y where X and Y are two tabled independent
/// random variables", JASA 69.
double reach_of(const ErrorSource& seeds, const std::optional<ErrorSource>& other, double outside = 0.05);

/// The `outside` at which that reaches from the mean to 0. Empty: the seeds of another mean than 0 have no spread.
std::optional<double> p_of_zero(double mean, const ErrorSource& seeds, const std::optional<ErrorSource>& other);

/// Corrects the p-values of one table for their number: with all of them read at 5 %, the chance of one
/// false difference or more is at most 5 %. Source: Holm 1979, "A simple sequentially rejective multiple
/// test procedure".
std::vector<double> holm(const std::vector<double>& p_values);

/// The smallest mean difference of pairs of equal seed that can be told apart from 0 among as many `comparisons`, which
/// holm() corrects: reach_of(std / sqrt(n), n - 1 + more_degrees) at 0.05 / comparisons, std being that of the paired
/// differences, `more_degrees` those of a prior (moderated.h) and `other` an error that no seeds make smaller. This is
/// what can just be shown when it is observed, not what is found with a given power.
/// Empty: one seed shows nothing.
std::optional<double> smallest_difference(double std, int seeds, int comparisons, double more_degrees = 0,
                                          const std::optional<ErrorSource>& other = {});

}  // namespace staircase::analysis

namespace staircase::config {

/// [low, high].
template <>
struct Codec<analysis::Interval> {
  static Json write(const analysis::Interval& interval) { return Json::array({interval.low, interval.high}); }
};

}  // namespace staircase::config
