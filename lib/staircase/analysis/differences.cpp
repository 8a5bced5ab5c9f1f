#include "staircase/analysis/differences.h"

#include <algorithm>
#include <cmath>

namespace staircase::analysis {

std::vector<double> values_of(const SeedNumbers& numbers) {
  std::vector<double> values;
  for (const auto& [seed, value] : numbers) values.push_back(value);
  return values;
}

SeedNumbers paired_differences(const SeedNumbers& a, const SeedNumbers& b) {
  SeedNumbers differences;
  for (const auto& [seed, value] : a)
    if (const auto other = b.find(seed); other != b.end()) differences[seed] = value - other->second;
  return differences;
}

Verdict reversed(Verdict verdict) {
  if (verdict == Verdict::higher) return Verdict::lower;
  return verdict == Verdict::lower ? Verdict::higher : verdict;
}

namespace {

/// Of the family-wise error; intervals leave as much outside.
const double level = 0.05;

/// Standard error, interval and p from the variance of one seed's number.
void set_error(const Variance& of_one_seed, Difference& difference) {
  const std::optional<ErrorSource>& other = difference.other;
  const ErrorSource seeds{std::sqrt(of_one_seed.value / static_cast<double>(difference.count)), of_one_seed.degrees};
  difference.degrees = seeds.degrees;
  difference.std_error = std::hypot(seeds.std_error, other ? other->std_error : 0.0);
  difference.p = p_of_zero(difference.mean, seeds, other);
  difference.interval = std::nullopt;
  if (!difference.p) return;
  const double reach = reach_of(seeds, other, level);
  difference.interval = Interval{difference.mean - reach, difference.mean + reach};
}

/// What the seeds of a difference say of the spread of one score.
Variance own_variance(const Difference& difference) {
  return {*difference.std * *difference.std / difference.squared_weights, static_cast<double>(difference.count - 1)};
}

/// Moderates the differences; returns what they lend each other.
SpreadPrior share_spread(const std::vector<Difference*>& differences) {
  std::vector<Variance> variances;
  for (const Difference* each : differences)
    if (each && each->std && !each->at_chance && each->p) variances.push_back(own_variance(*each));
  const SpreadPrior prior = table_prior(variances);
  if (prior.degrees == 0) return prior;
  for (Difference* each : differences) {
    if (!each || !each->std || each->at_chance) continue;
    Variance moderated = moderate_below(own_variance(*each), prior);
    moderated.value *= each->squared_weights;
    set_error(moderated, *each);
  }
  return prior;
}

}  // namespace

std::optional<Difference> difference_of(const std::vector<double>& differences,
                                        const std::optional<ErrorSource>& other) {
  if (differences.empty()) return std::nullopt;
  const Spread spread = spread_of(differences);
  Difference difference;
  difference.mean = spread.mean;
  difference.std = spread.std;
  difference.count = spread.count;
  difference.other = other;
  if (spread.std) set_error({*spread.std * *spread.std, static_cast<double>(spread.count - 1)}, difference);
  return difference;
}

JudgedBy judge_together(const std::vector<Difference*>& differences, const Judging& judging) {
  JudgedBy by;
  if (judging.statistics == config::Statistics::moderated)
    if (const SpreadPrior prior = share_spread(differences); prior.degrees > 0) by.prior = prior;
  std::vector<double> p_values;
  std::vector<Difference*> judged;
  for (Difference* each : differences) {
    if (!each) continue;
    each->p_holm = std::nullopt;
    each->verdict = each->std ? std::optional(Verdict::no_spread_seen) : std::nullopt;
    if (each->at_chance) each->verdict = Verdict::at_chance;
    if (!each->p) continue;
    p_values.push_back(*each->p);
    judged.push_back(each);
  }
  const std::vector<double> corrected = holm(p_values);
  for (size_t i = 0; i < judged.size(); ++i) {
    if (judged[i]->at_chance) continue;
    judged[i]->p_holm = corrected[i];
    judged[i]->verdict = corrected[i] >= level ? Verdict::not_shown
                         : judged[i]->mean > 0         ? Verdict::higher
                                                       : Verdict::lower;
  }
  return by;
}

void leave_at_chance(Difference& difference) {
  difference.at_chance = true;
  difference.verdict = Verdict::at_chance;
}

Difference negated(Difference difference) {
  difference.mean = -difference.mean;
  if (difference.interval) difference.interval = {-difference.interval->high, -difference.interval->low};
  if (difference.verdict) difference.verdict = reversed(*difference.verdict);
  return difference;
}

}  // namespace staircase::analysis
