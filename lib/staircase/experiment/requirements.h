#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "staircase/config/experiment_options.h"

namespace staircase::experiment {

/// Steps that are switched on, a bit a step in the order of the file.
using Subset = uint64_t;

/// More steps than this do not fit a Subset.
inline constexpr size_t most_steps = 62;

constexpr Subset only(size_t step) { return Subset{1} << step; }
constexpr bool holds(Subset subset, size_t step) { return (subset & only(step)) != 0; }

/// Which steps need which others before them.
struct Requirements {
  std::vector<Subset> needs;  ///< of each step: all that it requires, directly or through others

  size_t steps() const { return needs.size(); }
  Subset all() const { return only(steps()) - 1; }
  bool none() const;
  /// Whether every step of the subset has what it requires.
  bool allow(Subset subset) const;
  /// Whether the step can be added to the subset.
  bool allow_next(Subset subset, size_t step) const { return !holds(subset, step) && (needs[step] & ~subset) == 0; }
  /// The step with all that requires it: what goes when the step goes.
  Subset with_dependents(size_t step) const;
};

/// Throws config::ConfigError for an unknown name (with the nearest known one), for a circle (naming it) and for a
/// step that needs two steps which set the same field (naming them): no configuration has both.
/// A first step that sets nothing is the base, which is always there. `steps`: as in the file.
void check_requirements(const std::vector<config::StepOptions>& steps, const std::string& source);

/// The requirements among steps that check_requirements let pass, without the base's own step.
/// Throws config::ConfigError for more than `most_steps`.
Requirements requirements_of(const std::vector<config::StepOptions>& steps, const std::string& source);

/// Every subset that the requirements allow, small ones first. Stops after `most` of them.
std::vector<Subset> allowed_subsets(const Requirements& requirements, size_t most);

}  // namespace staircase::experiment
