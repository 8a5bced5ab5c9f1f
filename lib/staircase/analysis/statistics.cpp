#include "staircase/analysis/statistics.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace staircase::analysis {

using boost::math::students_t;

Spread spread_of(const std::vector<double>& numbers) {
  Spread spread;
  spread.count = static_cast<int64_t>(numbers.size());
  if (numbers.empty()) return spread;
  for (double number : numbers) spread.mean += number / static_cast<double>(numbers.size());
  if (numbers.size() < 2) return spread;
  double squares = 0;
  for (double number : numbers) squares += (number - spread.mean) * (number - spread.mean);
  spread.std = std::sqrt(squares / static_cast<double>(numbers.size() - 1));
  spread.interval = interval_around(spread.mean, *spread.std / std::sqrt(static_cast<double>(spread.count)),
                                    static_cast<int>(spread.count) - 1);
  return spread;
}

double t_quantile(double degrees, double outside) { return boost::math::quantile(students_t(degrees), 1 - outside / 2); }

Interval interval_around(double mean, double std_error, double degrees, double outside) {
  const double reach = t_quantile(degrees, outside) * std_error;
  return {mean - reach, mean + reach};
}

std::optional<double> p_of_zero(double mean, double std_error, double degrees) {
  if (mean == 0) return 1.0;
  // What rounding leaves of equal numbers is no spread.
  if (std_error <= 1e-12 * std::abs(mean)) return std::nullopt;
  return 2 * boost::math::cdf(boost::math::complement(students_t(degrees), std::abs(mean) / std_error));
}

std::vector<double> holm(const std::vector<double>& p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> corrected(p_values.size());
  double highest = 0;  // a larger p never becomes the smaller one
  for (size_t rank = 0; rank < order.size(); ++rank) {
    highest = std::max(highest, static_cast<double>(order.size() - rank) * p_values[order[rank]]);
    corrected[order[rank]] = std::min(1.0, highest);
  }
  return corrected;
}

std::optional<double> smallest_difference(double std, int seeds, int comparisons, double more_degrees) {
  if (seeds < 2) return std::nullopt;
  return t_quantile(seeds - 1 + more_degrees, 0.05 / comparisons) * std / std::sqrt(static_cast<double>(seeds));
}

}  // namespace staircase::analysis
