#pragma once

#include <vector>

#include "staircase/lab/contrasts.h"

namespace staircase::lab {

/// Steps in the order in which they are taken.
using StepOrder = std::vector<size_t>;

/// Each step's worth averaged over all orders that the requirements allow: its Shapley value, and under
/// requirements the precedence-constrained one. The values sum to score(all) - score(none).
/// Asks for the score of every allowed subset.
/// Source: Shapley 1953; Faigle and Kern 1992, "The Shapley value for cooperative games under
/// precedence constraints".
std::vector<double> exact_shapley(const Requirements& requirements, const SubsetScore& score);

/// `count` orders, each drawn with equal chance from those that the requirements allow. Order k is a
/// function of the requirements, `seed` and k alone, so more orders begin with the same ones.
/// Throws std::invalid_argument when the requirements allow too many subsets (over a million) to draw fairly.
std::vector<StepOrder> sample_orders(const Requirements& requirements, size_t count, uint64_t seed);

/// The subsets that the orders pass through, the empty and the full one included, small ones first.
std::vector<Subset> subsets_on(const std::vector<StepOrder>& orders);

/// A mean over sampled orders.
struct SampledWorth {
  double value = 0;
  double std_error = 0;  ///< sample standard deviation over the orders / sqrt(orders)
};

/// Each step's worth averaged over these orders (two or more). The values sum to score(all) - score(none).
std::vector<SampledWorth> sampled_shapley(const std::vector<StepOrder>& orders, const SubsetScore& score);

}  // namespace staircase::lab
