#include "staircase/analysis/seed_plan.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>

#include "staircase/analysis/a_a_checks.h"
#include "staircase/plan/plan.h"

namespace staircase::analysis {
namespace {

using config::Design;

const int64_t most_seeds = 100000;

/// The chance that a mean passes reach_of() its error. Over the mean's normal distribution, by the trapezoidal rule, of
/// the chance that chi-square leaves the seeds' spread small enough; without another error it is that of the noncentral
/// t.
double power_of(int64_t seeds, double smallest, const PooledSpread& spread, int comparisons) {
  const double degrees = static_cast<double>(seeds) - 1 + spread.lent_degrees;
  const double of_seeds = spread.std / std::sqrt(static_cast<double>(seeds));
  const double reach = t_quantile(degrees, 0.05 / comparisons) * of_seeds;
  const double of_other = reach_of({}, spread.other, 0.05 / comparisons);
  const double error = std::hypot(of_seeds, spread.other ? spread.other->std_error : 0.0);
  const boost::math::chi_squared squares(degrees);
  const double step = 0.01;
  double power = 0;
  for (double z = -7; z <= 7; z += step) {
    const double mean = smallest + error * z, room = mean * mean - of_other * of_other;
    if (room <= 0) continue;
    power += std::exp(-z * z / 2) * boost::math::cdf(squares, degrees * room / (reach * reach));
  }
  return power * step / std::sqrt(2 * std::acos(-1.0));
}

bool is_done(const Results& results, const RunLog& log) {
  const std::vector<SeedResult>& seeds = results.rows[log.row].seeds;
  return std::any_of(seeds.begin(), seeds.end(), [&](const SeedResult& each) {
    return each.run == log.run && each.status == SeedStatus::done;
  });
}

}  // namespace

std::optional<int64_t> seeds_with_power(double smallest, const PooledSpread& spread, int comparisons) {
  const auto enough = [&](int64_t seeds) { return power_of(seeds, smallest, spread, comparisons) >= planned_power; };
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
  const boost::math::chi_squared squares(spread.degrees);
  const auto seeds_at = [&](double share) {
    PooledSpread at_end = spread;
    at_end.std *= std::sqrt(spread.degrees / boost::math::quantile(squares, share));
    return seeds_with_power(smallest, at_end, comparisons);
  };
  return {smallest, comparisons, spread, seeds_with_power(smallest, spread, comparisons), seeds_at(0.9), seeds_at(0.1)};
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
  return static_cast<double>(plan::count_model(c.model, c.data.image_size_px).all_macs()) *
         static_cast<double>(c.recipe.epochs);
}

std::optional<double> seconds_a_weight(const Results& results, const experiment::DesignedExperiment& design) {
  double seconds = 0, weight = 0;
  for (const RunLog& log : results.logs) {
    const auto took = log.timing.seconds();
    if (!took || !is_done(results, log)) continue;
    seconds += *took;
    weight += run_weight(design.variants[log.row].configuration);
  }
  return weight > 0 ? std::optional(seconds / weight) : std::nullopt;
}

}  // namespace staircase::analysis
