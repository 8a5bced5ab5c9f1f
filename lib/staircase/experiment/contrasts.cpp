#include "staircase/experiment/contrasts.h"

namespace staircase::experiment {

Contrast added_alone(const Requirements& requirements, size_t step) {
  const Subset needs = requirements.needs[step];
  return {needs | only(step), needs};
}

Contrast removed_from_full(const Requirements& requirements, size_t step) {
  return {requirements.all(), requirements.all() & ~requirements.with_dependents(step)};
}

std::optional<PairContrast> pair_of(const Requirements& requirements, size_t first, size_t second) {
  if (holds(requirements.needs[first], second) || holds(requirements.needs[second], first)) return std::nullopt;
  const Subset none = requirements.needs[first] | requirements.needs[second];
  return PairContrast{none | only(first) | only(second), none | only(first), none | only(second), none};
}

}  // namespace staircase::experiment
