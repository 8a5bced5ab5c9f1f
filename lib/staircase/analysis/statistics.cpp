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

double t_quantile(double degrees, double outside) {
  return boost::math::quantile(boost::math::complement(students_t(degrees), outside / 2));
}

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

double reach_of(const ErrorSource& seeds, const std::optional<ErrorSource>& other, double outside) {
  const auto reach = [outside](const ErrorSource& source) {
    return source.std_error == 0 ? 0.0 : t_quantile(source.degrees, outside) * source.std_error;
  };
  return std::hypot(reach(seeds), other ? reach(*other) : 0.0);
}

std::optional<double> p_of_zero(double mean, const ErrorSource& seeds, const std::optional<ErrorSource>& other) {
  const std::optional<double> of_seeds = p_of_zero(mean, seeds.std_error, seeds.degrees);
  if (!other || other->std_error == 0 || !of_seeds || mean == 0) return of_seeds;
  double low = *of_seeds, high = 1;  // the other error moves it up
  for (int i = 0; i < 60 && high - low > 1e-12 * high; ++i) {
    const double middle = std::sqrt(std::max(low, 1e-300) * high);
    (reach_of(seeds, other, middle) > std::abs(mean) ? low : high) = middle;
  }
  return high;
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

std::optional<double> smallest_difference(double std, int seeds, int comparisons, double more_degrees,
                                          const std::optional<ErrorSource>& other) {
  if (seeds < 2) return std::nullopt;
  return reach_of({std / std::sqrt(static_cast<double>(seeds)), seeds - 1 + more_degrees}, other, 0.05 / comparisons);
}

}  // namespace staircase::analysis
