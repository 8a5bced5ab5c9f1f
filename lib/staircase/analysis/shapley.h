#pragma once

#include <unordered_map>
#include <vector>

#include "staircase/experiment/contrasts.h"
#include "staircase/experiment/step_orders.h"

namespace staircase::analysis {

/// A weighted sum of the scores of subsets.
using SubsetWeights = std::unordered_map<experiment::Subset, double>;

/// A sum a step: its worth averaged over all orders that the requirements allow, which is its Shapley value, and under
/// requirements the precedence-constrained one. The values sum to score(all) - score(none). Every allowed subset has a
/// weight in one of them.
/// Source: Shapley 1953; Faigle and Kern 1992, "The Shapley value for cooperative games under
/// precedence constraints".
std::vector<SubsetWeights> exact_shapley_weights(const experiment::Requirements& requirements);

/// The sums that sampled_shapley gives.
std::vector<SubsetWeights> sampled_shapley_weights(const std::vector<experiment::StepOrder>& orders);

/// A mean over sampled orders.
struct SampledWorth {
  double value = 0;
  double std_error = 0;  ///< sample standard deviation over the orders / sqrt(orders)
};

/// Each step's worth averaged over these orders (two or more). The values sum to score(all) - score(none).
std::vector<SampledWorth> sampled_shapley(const std::vector<experiment::StepOrder>& orders,
                                          const experiment::SubsetScore& score);

}  // namespace staircase::analysis
