#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/config/configuration.h"

namespace staircase::experiment {

/// Why a configuration does not read a field.
struct UnreadReason {
  std::string text;                   ///< "is read only where /model/spatial is grouped, and it is dense"
  std::vector<std::string> deciding;  ///< the fields that decide it
};

/// Empty: the field decides something, or nothing is known to the contrary.
std::optional<UnreadReason> why_unread(const config::Configuration& configuration, const std::string& pointer);

/// Whether two configurations train to the same: equal plans, and no difference in a field that either reads. Both are
/// whole, as rows of a design are.
bool train_alike(const config::Configuration& a, const config::Configuration& b);

}  // namespace staircase::experiment
