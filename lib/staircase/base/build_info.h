#pragma once

#include <string>

namespace staircase {

/// What this program was built from.
struct BuildInfo {
  std::string version;   ///< "0.1.0"
  std::string revision;  ///< of the source, "unknown" outside a checkout; ends in "+" with local changes
  std::string compiler;
};
BuildInfo build_info();

/// Processor, cores and memory of this machine, in one line.
std::string machine_description();

}  // namespace staircase
