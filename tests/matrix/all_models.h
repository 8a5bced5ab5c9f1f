#pragma once

#include <algorithm>

#include "staircase/plan/ladder.h"
#include "staircase/plan/named_models.h"

namespace staircase::tests {

/// Every named model and every rung.
inline std::vector<plan::NamedModel> all_models() {
  std::vector<plan::NamedModel> all = plan::named_models();
  for (const plan::Ladder& ladder : plan::ladders())
    for (const plan::Rung& rung : plan::climb(ladder))
      all.push_back({ladder.name + "/" + rung.step.name, ladder.name, rung.model, 0.1});
  return all;
}

/// The same structure at an eighth of the width and of the groups, and with shallow stages, so that it runs in a blink.
inline config::ModelOptions reduced(config::ModelOptions options) {
  options.width_factor = 0.125;
  for (int64_t& depth : options.depths) depth = std::min<int64_t>(depth, 2);
  if (options.spatial == config::Spatial::grouped) options.groups = std::max<int64_t>(1, options.groups / 8);
  options.num_classes = 7;
  return options;
}

}  // namespace staircase::tests
