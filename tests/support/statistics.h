#pragma once

#include <functional>
#include <vector>

namespace staircase::tests {

// Draws against a definition. Each returns the probability of a sample at least as far off, if the
// definition holds; seeds are fixed, so a test passes or fails for good.

/// What every test of a distribution asks for at least.
inline constexpr double least_p = 0.001;

/// Kolmogorov and Smirnov: independent samples of a continuous distribution.
double kolmogorov_p(std::vector<double> samples, const std::function<double(double)>& distribution);

/// Pearson's chi-square: how often each outcome came, and how often it should. Outcomes that should
/// come less than 5 times are counted as one.
double chi_square_p(const std::vector<double>& observed, const std::vector<double>& expected);

/// Something of this probability happened `hits` times in `draws`.
double binomial_p(int hits, int draws, double probability);

/// The distribution functions of Beta(alpha, alpha), N(mean, deviation) and U(low, high) at x.
double beta_distribution(double x, double alpha);
double normal_distribution(double x, double mean, double deviation);
double uniform_distribution(double x, double low, double high);

/// Rectangles of a share s ~ U(smallest, largest) of a square and an aspect r, log r ~ U(-width, width),
/// of which those that the square cannot hold are drawn again: it holds s * r <= 1 and s / r <= 1, so
/// that s is kept with probability min(1, -log(s) / width), and r with that of s <= min(r, 1 / r).
struct BoxDefinition {
  double smallest, largest, width;
  double area_distribution(double share) const;
  double log_aspect_distribution(double log_aspect) const;
};

}  // namespace staircase::tests
