#include "staircase/analysis/seed_plan.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <cmath>

#include "staircase/analysis/a_a_checks.h"
#include "staircase/plan/plan.h"

namespace staircase::analysis {
namespace {

using config::Design;

const int64_t most_seeds = 100000;

double power_of(int64_t seeds, double smallest, double std, int comparisons, double lent_degrees) {
  const double degrees = static_cast<double>(seeds) - 1 + lent_degrees;
  const double needed = t_quantile(degrees, 0.05 / comparisons);
  const double shift = smallest * std::sqrt(static_cast<double>(seeds)) / std;
  if (shift > 30) return 1;  // beyond what the distribution computes; no t that is needed lies there with such a shift
  const boost::math::non_central_t shifted(degrees, shift);
  return boost::math::cdf(boost::math::complement(shifted, needed)) + boost::math::cdf(shifted, -needed);
}

}  // namespace

std::optional<int64_t> seeds_with_power(double smallest, double std, int comparisons, double lent_degrees) {
  const auto enough = [&](int64_t seeds) {
    return power_of(seeds, smallest, std, comparisons, lent_degrees) >= planned_power;
  };
  int64_t few = 1, many = 2;
  while (many <= most_seeds && !enough(many)) few = many, many *= 2;
  if (many > most_seeds) return std::nullopt;
  while (many - few > 1) {
    const int64_t middle = few + (many - few) / 2;
    (enough(middle) ? many : few) = middle;
  }
  return many;
}

SeedPlan plan_seeds(double smallest, const PooledSpread& spread, int comparisons) {
  const double lent = spread.lent_degrees;
  SeedPlan plan{smallest, comparisons, spread, seeds_with_power(smallest, spread.std, comparisons, lent), {}, {}};
  const boost::math::chi_squared squares(spread.degrees);
  const auto std_at = [&](double share) {
    return spread.std * std::sqrt(spread.degrees / boost::math::quantile(squares, share));
  };
  plan.fewest = seeds_with_power(smallest, std_at(0.9), comparisons, lent);
  plan.most = seeds_with_power(smallest, std_at(0.1), comparisons, lent);
  return plan;
}

int count_comparisons(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options) {
  const auto asked = [](const auto& each) { return !is_a_a_check(changes_of(each.changes)); };
  const bool by_rows =
      design.steps.empty() || options.design == Design::grid || !design.contexts.empty() || options.until;
  if (by_rows)
    return static_cast<int>(std::count_if(design.variants.begin(), design.variants.end(),
                                          [&](const auto& each) { return each.compared_to && asked(each); }));
  const bool gain = options.design == Design::shapley;  // its table judges the sum too, and no step apart
  return gain ? static_cast<int>(design.steps.size()) + 1
              : static_cast<int>(std::count_if(design.steps.begin(), design.steps.end(), asked));
}

double run_weight(const config::Configuration& c) {
  return static_cast<double>(plan::count_model(c.model, c.data.image_size_px).macs) *
         static_cast<double>(c.recipe.epochs);
}

std::optional<double> seconds_a_weight(const Results& results, const experiment::DesignedExperiment& design) {
  double seconds = 0, weight = 0;
  for (const RunLog& log : results.logs) {
    const auto took = log.timing.seconds();
    if (!took) continue;
    seconds += *took;
    weight += run_weight(design.variants[log.row].configuration);
  }
  return weight > 0 ? std::optional(seconds / weight) : std::nullopt;
}

}  // namespace staircase::analysis
