#pragma once

#include <string>

namespace staircase {

/// The name of this machine, as other machines see it beside their own.
std::string host_name();

}  // namespace staircase
