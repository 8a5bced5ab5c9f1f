#include "staircase/analysis/rows.h"

#include <algorithm>

namespace staircase::analysis {

std::vector<Change> changes_of(const std::vector<config::Difference>& differences) {
  std::vector<Change> changes;
  for (const config::Difference& each : differences) changes.push_back({each.pointer, each.a, each.b});
  return changes;
}

std::optional<double> SeedResult::number(const std::string& name) const {
  const auto found = numbers.find(name);
  return found != numbers.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

const Spread* Row::spread(const std::string& number) const {
  for (const auto& each : numbers)
    if (each.first == number) return &each.second;
  return nullptr;
}

SeedNumbers Row::scores(const std::string& number) const {
  SeedNumbers by_seed;
  for (const SeedResult& each : seeds)
    if (const auto found = each.number(number)) by_seed[each.seed] = *found;
  return by_seed;
}

size_t Row::count(SeedStatus status) const {
  return static_cast<size_t>(
      std::count_if(seeds.begin(), seeds.end(), [&](const SeedResult& seed) { return seed.status == status; }));
}

}  // namespace staircase::analysis
