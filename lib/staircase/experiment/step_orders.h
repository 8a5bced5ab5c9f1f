#pragma once

#include <unordered_map>
#include <vector>

#include "staircase/experiment/requirements.h"

namespace staircase::experiment {

/// Steps in the order in which they are taken.
using StepOrder = std::vector<size_t>;

/// `count` orders, each drawn with equal chance from those that the requirements allow. Order k is a
/// function of the requirements, `seed` and k alone, so more orders begin with the same ones.
/// Throws std::invalid_argument when the requirements allow too many subsets (over a million) to draw fairly.
std::vector<StepOrder> sample_orders(const Requirements& requirements, size_t count, uint64_t seed);

/// The subsets that the orders pass through, the empty and the full one included, small ones first.
std::vector<Subset> subsets_on(const std::vector<StepOrder>& orders);

/// In how many orders that the requirements allow the steps missing from each subset can follow it. `subsets`: all
/// allowed ones, small first.
std::unordered_map<Subset, double> orders_from(const Requirements& requirements, const std::vector<Subset>& subsets);

}  // namespace staircase::experiment
