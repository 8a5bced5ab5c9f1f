#include "staircase/experiment/looks.h"

#include <algorithm>

namespace staircase::experiment {

using config::ConfigError;
using config::ExperimentOptions;
using config::UntilOptions;

std::vector<Look> looks_of(const UntilOptions& until) {
  std::vector<Look> looks;
  for (int64_t seeds = until.first_look, before = 0; seeds > before;) {
    looks.push_back({seeds, static_cast<double>(seeds - before) / static_cast<double>(until.at_most_seeds)});
    before = seeds;
    seeds = std::min(until.at_most_seeds, seeds + (seeds + 2) / 3);
  }
  return looks;
}

std::optional<int64_t> seeds_of_next_look(const UntilOptions& until, int64_t seeds) {
  for (const Look& look : looks_of(until))
    if (look.seeds > seeds) return look.seeds;
  return std::nullopt;
}

std::vector<int64_t> extended_seeds(std::vector<int64_t> seeds, int64_t count) {
  int64_t next = *std::max_element(seeds.begin(), seeds.end()) + 1;
  while (static_cast<int64_t>(seeds.size()) < count) seeds.push_back(next++);
  return seeds;
}

void resolve_until(ExperimentOptions& options, const std::string& source) {
  if (!options.until) return;
  UntilOptions& until = *options.until;
  const auto seeds = static_cast<int64_t>(options.seeds.size());
  if (!compares_row_by_row(options)) throw ConfigError({source, "/until"}, "goes with " + row_by_row_text());
  const config::Place most{source, "/until/at_most_seeds"};
  if (until.first_look == 0) {
    if (until.at_most_seeds <= seeds)
      throw ConfigError(most, "is " + std::to_string(until.at_most_seeds) + ", but /seeds holds " +
                                  std::to_string(seeds) + " already: there are no seeds to add");
    until.first_look = std::min(until.at_most_seeds, std::max<int64_t>(3, seeds));
  }
  if (until.first_look < 2)
    throw ConfigError({source, "/until/first_look"}, "found 1, allowed are 2 or more: one seed shows nothing");
  if (until.first_look > until.at_most_seeds)
    throw ConfigError(most, "is " + std::to_string(until.at_most_seeds) + ", but /until/first_look is " +
                                std::to_string(until.first_look));
}

bool compares_row_by_row(const ExperimentOptions& options) {
  if (options.kind != config::ExperimentKind::ablation) return options.kind == config::ExperimentKind::comparison;
  return options.design == config::Design::cumulative || options.design == config::Design::one_at_a_time;
}

std::string row_by_row_text() { return "/design cumulative and one_at_a_time, and with /kind comparison"; }

}  // namespace staircase::experiment
