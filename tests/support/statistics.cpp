#include "support/statistics.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

namespace staircase::tests {

double kolmogorov_p(std::vector<double> samples, const std::function<double(double)>& distribution) {
  std::sort(samples.begin(), samples.end());
  const auto n = static_cast<double>(samples.size());
  double distance = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const double expected = distribution(samples[i]), below = static_cast<double>(i) / n;
    distance = std::max({distance, expected - below, below + 1 / n - expected});
  }
  const double scaled = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));  // Stephens 1970
  double p = 0;
  for (int k = 1; k <= 100; ++k) p += (k % 2 ? 2 : -2) * std::exp(-2.0 * k * k * scaled * scaled);
  return scaled < 0.2 ? 1.0 : std::clamp(p, 0.0, 1.0);
}

double chi_square_p(const std::vector<double>& observed, const std::vector<double>& expected) {
  double sum = 0, rare_observed = 0, rare_expected = 0;
  int cells = 0;
  const auto add = [&](double o, double e) {
    sum += (o - e) * (o - e) / e;
    ++cells;
  };
  for (size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] >= 5) {
      add(observed.at(i), expected[i]);
    } else {
      rare_observed += observed.at(i);
      rare_expected += expected[i];
    }
  }
  if (rare_expected > 0) add(rare_observed, rare_expected);
  else if (rare_observed > 0) return 0.0;  // what cannot happen did
  return boost::math::gamma_q((cells - 1) / 2.0, sum / 2.0);
}

double binomial_p(int hits, int draws, double probability) {
  const double expected = draws * probability;
  return chi_square_p({static_cast<double>(hits), static_cast<double>(draws - hits)}, {expected, draws - expected});
}

double beta_distribution(double x, double alpha) { return boost::math::ibeta(alpha, alpha, std::clamp(x, 0.0, 1.0)); }

double normal_distribution(double x, double mean, double deviation) {
  return 0.5 * std::erfc((mean - x) / (deviation * std::sqrt(2.0)));
}

double uniform_distribution(double x, double low, double high) {
  return std::clamp((x - low) / (high - low), 0.0, 1.0);
}

double BoxDefinition::area_distribution(double share) const {
  const double all_kept = std::clamp(std::exp(-width), smallest, largest);
  // The integral of min(1, -log(s) / width).
  const auto integral = [&](double s) {
    const auto tail = [](double t) { return t - t * std::log(t); };
    return std::min(s, all_kept) - smallest + (s > all_kept ? (tail(s) - tail(all_kept)) / width : 0.0);
  };
  return integral(std::clamp(share, smallest, largest)) / integral(largest);
}

double BoxDefinition::log_aspect_distribution(double log_aspect) const {
  const double flat = -std::log(largest);  // below it every share is kept
  // The integral of min(largest, exp(-a)) - smallest from 0.
  const auto integral = [&](double a) {
    return largest * std::min(a, flat) - smallest * a + (a > flat ? std::exp(-flat) - std::exp(-a) : 0.0);
  };
  const double half = integral(std::min(std::abs(log_aspect), width)) / integral(width) / 2;
  return 0.5 + std::copysign(half, log_aspect);
}

}  // namespace staircase::tests
