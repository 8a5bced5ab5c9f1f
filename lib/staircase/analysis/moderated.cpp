#include "staircase/analysis/moderated.h"

#include <algorithm>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <limits>

namespace staircase::analysis {
namespace {

using boost::math::digamma;
using boost::math::trigamma;

constexpr double infinite = std::numeric_limits<double>::infinity();

/// The y of which trigamma is x > 0. Newton's method on 1 / trigamma, which is convex and nearly linear: it never
/// overshoots from this start. Source: Smyth 2004, appendix.
double inverse_trigamma(double x) {
  if (x > 1e7) return 1 / std::sqrt(x);
  if (x < 1e-6) return 1 / x;
  double y = 0.5 + 1 / x;
  for (int i = 0; i < 50; ++i) {
    const double there = trigamma(y);
    const double step = there * (1 - there / x) / boost::math::polygamma(2, y);
    y += step;
    if (std::abs(step) < 1e-10 * y) break;
  }
  return y;
}

}  // namespace

SpreadPrior fit_prior(const std::vector<Variance>& estimates) {
  std::vector<double> logarithms;  // each without what the chi-square adds on average
  double expected = 0;             // of their spread, where all variances are equal
  for (const Variance& each : estimates) {
    if (each.value <= 0 || each.degrees <= 0) continue;
    const double half = each.degrees / 2;
    logarithms.push_back(std::log(each.value) - digamma(half) + std::log(half));
    expected += trigamma(half);
  }
  const auto count = static_cast<double>(logarithms.size());
  if (count < 2) return {};
  double mean = 0, squares = 0;
  for (const double each : logarithms) mean += each / count;
  for (const double each : logarithms) squares += (each - mean) * (each - mean);
  const double beyond = squares / (count - 1) - expected / count;
  if (beyond <= 0) return {infinite, std::exp(mean)};
  const double half = inverse_trigamma(beyond);
  return {2 * half, std::exp(mean + digamma(half) - std::log(half))};
}

SpreadPrior table_prior(const std::vector<Variance>& estimates) {
  SpreadPrior prior = fit_prior(estimates);
  const auto known = std::count_if(estimates.begin(), estimates.end(),
                                   [](const Variance& each) { return each.value > 0 && each.degrees > 0; });
  prior.degrees = std::min(prior.degrees, std::max(0.0, static_cast<double>(known - 1) / 2));
  return prior;
}

Variance moderate(const Variance& own, const SpreadPrior& prior) {
  if (std::isinf(prior.degrees)) return {prior.variance, infinite};
  const double degrees = own.degrees + prior.degrees;
  return {(own.degrees * own.value + prior.degrees * prior.variance) / degrees, degrees};
}

Variance moderate_below(const Variance& own, const SpreadPrior& prior) {
  if (prior.degrees == 0 || own.value <= prior.variance) return moderate(own, prior);
  return moderate(own, {prior.degrees * prior.variance / own.value, prior.variance});
}

}  // namespace staircase::analysis
