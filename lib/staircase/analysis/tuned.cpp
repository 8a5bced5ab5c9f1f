#include "staircase/analysis/tuned.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "staircase/analysis/a_a_checks.h"
#include "staircase/config/task_metrics.h"

namespace staircase::analysis {
namespace {

const double infinity = std::numeric_limits<double>::infinity();

/// The numbers of the seeds that every context has.
NumbersByContext whole(const NumbersByContext& numbers) {
  NumbersByContext all(numbers.size());
  if (numbers.empty()) return all;
  for (const auto& [seed, ignored] : numbers[0]) {
    const bool everywhere =
        std::all_of(numbers.begin(), numbers.end(), [seed = seed](const auto& each) { return each.count(seed) > 0; });
    for (size_t c = 0; everywhere && c < numbers.size(); ++c) all[c][seed] = numbers[c].at(seed);
  }
  return all;
}

double sum_of(const SeedNumbers& numbers) {
  double sum = 0;
  for (const auto& [seed, number] : numbers) sum += number;
  return sum;
}

std::vector<double> sums_of(const NumbersByContext& numbers) {
  std::vector<double> sums;
  for (const SeedNumbers& each : numbers) sums.push_back(sum_of(each));
  return sums;
}

size_t highest(const std::vector<double>& values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

/// How far a row's context is above all of another row's.
struct Above {
  double low = infinity;  ///< a lower bound; minus infinity: a pair has no spread, which is no certainty
  double p = 0;           ///< of "it is not above all of them", one-sided
};

Above above_all(const SeedNumbers& own, const NumbersByContext& others, double outside) {
  Above above;
  for (const SeedNumbers& other : others) {
    const Spread spread = spread_of(values_of(paired_differences(own, other)));
    const double degrees = static_cast<double>(spread.count) - 1;
    const double error = *spread.std / std::sqrt(static_cast<double>(spread.count));
    const std::optional<double> p = p_of_zero(spread.mean, error, degrees);
    if (!p || error == 0) return {-infinity, 1};
    above.low = std::min(above.low, spread.mean - t_quantile(degrees, outside) * error);
    above.p = std::max(above.p, spread.mean > 0 ? *p / 2 : 1 - *p / 2);
  }
  return above;
}

/// A row of every context that leaves all but the recipe as it is written.
bool has_one_budget(const experiment::DesignedExperiment& design, size_t context) {
  for (size_t i = 0; i < design.rows_a_context(); ++i) {
    const config::Configuration &there = design.row(context, i).configuration,
                                &written = design.row(0, i).configuration;
    if (there.model != written.model || there.data != written.data || there.init != written.init ||
        there.recipe.epochs != written.recipe.epochs)
      return false;
  }
  return true;
}

/// Where lower is better, numbers are chosen and bounded with the other sign.
SeedNumbers signed_numbers(SeedNumbers numbers, double sign) {
  for (auto& [seed, number] : numbers) number *= sign;
  return numbers;
}

Difference signed_difference(Difference difference, double sign) {
  difference.mean *= sign;
  if (sign < 0 && difference.interval)
    difference.interval = Interval{-difference.interval->high, -difference.interval->low};
  return difference;
}

}  // namespace

SeedNumbers chosen_by_other_seeds(const NumbersByContext& numbers) {
  const NumbersByContext all = whole(numbers);
  SeedNumbers chosen;
  if (all.empty() || all[0].size() < 2) return chosen;
  const std::vector<double> sums = sums_of(all);
  for (const auto& [seed, ignored] : all[0]) {
    std::vector<double> others;
    for (size_t c = 0; c < all.size(); ++c) others.push_back(sums[c] - all[c].at(seed));
    chosen[seed] = all[highest(others)].at(seed);
  }
  return chosen;
}

std::optional<Difference> tuned_difference(const NumbersByContext& a, const NumbersByContext& b) {
  NumbersByContext both = a;
  both.insert(both.end(), b.begin(), b.end());
  both = whole(both);
  if (both.empty() || both[0].size() < 2) return std::nullopt;
  const auto middle = both.begin() + static_cast<long>(a.size());
  const NumbersByContext own(both.begin(), middle), other(middle, both.end());
  Difference difference =
      *difference_of(values_of(paired_differences(chosen_by_other_seeds(own), chosen_by_other_seeds(other))));
  const auto contexts = static_cast<double>(std::max(own.size(), other.size()));
  double low = -infinity, high = infinity, p_above = 1, p_below = 1;
  for (const SeedNumbers& each : own) {
    const Above above = above_all(each, other, 0.05 / contexts);
    low = std::max(low, above.low);
    p_above = std::min(p_above, 2 * contexts * above.p);
  }
  for (const SeedNumbers& each : other) {
    const Above above = above_all(each, own, 0.05 / contexts);
    high = std::min(high, -above.low);
    p_below = std::min(p_below, 2 * contexts * above.p);
  }
  difference.std_error = difference.degrees = difference.p = std::nullopt;
  difference.interval = std::nullopt;
  if (std::isinf(low) || std::isinf(high)) return difference;
  difference.interval = Interval{low, high};
  // The verdict has the mean's sign, so only what the mean says too can be shown.
  difference.p = difference.mean > 0 ? p_above : p_below;
  return difference;
}

/// Whether the row has learned nothing in the context that is best for it.
bool at_chance_when_tuned(const std::vector<Row>& rows, const std::vector<size_t>& contexts,
                          const NumbersByContext& numbers, size_t rows_a_context, size_t row) {
  return rows[contexts[highest(sums_of(whole(numbers)))] * rows_a_context + row].at_chance;
}

Given<Tuned> tuned_rows(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                        const std::string& score, const std::vector<Row>& rows) {
  std::vector<size_t> eligible;
  Tuned tuned;
  for (size_t c = 0; c < design.contexts.size(); ++c) {
    if (!has_one_budget(design, c)) continue;
    eligible.push_back(c);
    tuned.contexts.push_back(design.contexts[c].name);
  }
  if (eligible.size() < 2) return {};
  const config::TaskKind task = design.variants.at(0).configuration.recipe.task;
  const double sign = config::metrics_of(task).primary_metric().higher_is_better ? 1 : -1;
  std::vector<NumbersByContext> numbers;
  for (size_t i = 0; i < design.rows_a_context(); ++i) {
    numbers.emplace_back();
    for (const size_t c : eligible)
      numbers[i].push_back(signed_numbers(rows[c * design.rows_a_context() + i].scores(score), sign));
    const SeedNumbers chosen = chosen_by_other_seeds(numbers[i]);
    TunedRow row{rows[i].name, "", "", std::nullopt, std::nullopt};
    if (!chosen.empty()) {
      row.score = sign * sum_of(chosen) / static_cast<double>(chosen.size());
      row.best = tuned.contexts[highest(sums_of(whole(numbers[i])))];
    }
    tuned.rows.push_back(std::move(row));
  }
  const auto at_chance = [&](size_t row) {
    return at_chance_when_tuned(rows, eligible, numbers[row], design.rows_a_context(), row);
  };
  std::vector<Difference*> judged;
  for (size_t i = 0; i < tuned.rows.size(); ++i) {
    if (!rows[i].delta || is_a_a_check(rows[i].changes)) continue;
    TunedRow& row = tuned.rows[i];
    const size_t to = rows[i].delta->to_index;
    row.to = rows[i].delta->to;
    row.difference = tuned_difference(numbers[i], numbers[to]);
    if (!row.difference) continue;
    row.difference = signed_difference(*row.difference, sign);
    if (at_chance(i) && at_chance(to)) leave_at_chance(*row.difference);
    judged.push_back(&*row.difference);
  }
  if (judged.empty()) return {};
  if (!options.until) judge_together(judged, {config::Statistics::paired_t});  // whose intervals they have
  else
    for (Difference* each : judged) each->interval = std::nullopt, each->p = std::nullopt;
  return tuned;
}

}  // namespace staircase::analysis
