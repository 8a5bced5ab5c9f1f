#pragma once

#include <vector>

namespace staircase::analysis {

/// An estimate of a variance from so many degrees of freedom.
struct Variance {
  double value = 0, degrees = 0;
};

/// What the variances of one table have in common: each is taken as drawn from variance * degrees /
/// chi-square(degrees). 0 degrees: nothing is known of them together. Infinite: all are `variance`.
struct SpreadPrior {
  double degrees = 0, variance = 0;
};

/// Of these estimates, by the mean and the spread of their logarithms. Estimates of 0, which have no logarithm, are
/// left out; of fewer than two, nothing is known. Where they differ by no more than chance the degrees are infinite.
/// Source: Smyth 2004, "Linear models and empirical Bayes methods for assessing differential expression", section 6.2.
SpreadPrior fit_prior(const std::vector<Variance>& estimates);

/// The prior that a table of k differences is judged by: fit_prior, with at most (k - 1) / 2 degrees.
///
/// So many come of k logarithms, which say little of their own spread where a table has few rows and three seeds: the
/// full fit calls most of such tables equal. Tables of one difference have none and keep Student's t.
///
/// Simulated table by table (tests/analysis/moderated_coverage_test.cpp; 4 to 17 rows, cumulative and against one
/// base): with 3 and 5 seeds and equal spreads, spreads from 1 to 3, and spreads drawn anew in every experiment from
/// the inverse chi-square of 4 degrees, 95 % intervals cover 94 to 96 % (up to 96.5 % in walks of 17 rows) and the
/// family-wise error after Holm is at most 5.5 %; with heavy-tailed noise (Student's t of 4 degrees) intervals cover up
/// to 97.2 %. With two seeds tables of three differences err in about 7 %. One row whose spread is five times that of
/// all others is beyond what so few seeds can tell: the interval of its own difference covers 92.5 % with 3 seeds and 4
/// rows, 86 % with 17 rows, 91.5 % with 5 seeds, and up to 6.5 % of tables err; Student's t holds there. A lower limit
/// of the degrees gains two points for such a row and loses as much precision everywhere else.
SpreadPrior table_prior(const std::vector<Variance>& estimates);

/// The mean of both by their degrees, which add up. Source: Smyth 2004, equation 3.
Variance moderate(const Variance& own, const SpreadPrior& prior);

/// As moderate(), but the prior loses weight where the own variance is above it, in proportion: a row far noisier than
/// the others keeps its own spread. Phipson et al. 2016, "Robust hyperparameter estimation protects against
/// hypervariable genes", take the prior from such rows for the same reason.
Variance moderate_below(const Variance& own, const SpreadPrior& prior);

}  // namespace staircase::analysis
