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

std::optional<Difference> difference_of(const std::vector<double>& differences,
                                        const std::optional<OtherError>& other) {
  if (differences.empty()) return std::nullopt;
  const Spread spread = spread_of(differences);
  Difference difference;
  difference.mean = spread.mean;
  difference.std = spread.std;
  difference.count = spread.count;
  if (!spread.std) return difference;
  const int of_seeds = static_cast<int>(spread.count) - 1;
  const int degrees = other ? std::min(of_seeds, other->degrees) : of_seeds;
  const double std_error =
      std::hypot(*spread.std / std::sqrt(static_cast<double>(spread.count)), other ? other->std_error : 0.0);
  difference.std_error = std_error;
  difference.p = p_of_zero(spread.mean, std_error, degrees);
  if (difference.p) difference.interval = interval_around(spread.mean, std_error, degrees);
  return difference;
}

void judge_together(const std::vector<Difference*>& differences) {
  std::vector<double> p_values;
  std::vector<Difference*> judged;
  for (Difference* each : differences) {
    if (!each) continue;
    each->p_holm = std::nullopt;
    each->verdict = each->std ? std::optional(Verdict::no_spread_seen) : std::nullopt;
    if (!each->p) continue;
    p_values.push_back(*each->p);
    judged.push_back(each);
  }
  const std::vector<double> corrected = holm(p_values);
  const double level = 0.05;
  for (size_t i = 0; i < judged.size(); ++i) {
    judged[i]->p_holm = corrected[i];
    judged[i]->verdict = corrected[i] >= level ? Verdict::not_shown
                         : judged[i]->mean > 0 ? Verdict::higher
                                               : Verdict::lower;
  }
}

void leave_at_chance(Difference& difference) {
  difference.p_holm = std::nullopt;
  difference.verdict = Verdict::at_chance;
}

}  // namespace staircase::analysis
