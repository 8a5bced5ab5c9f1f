#pragma once

#include <string>

namespace staircase::execution {

/// One line for the exception that is being handled, of whatever kind: LibTorch's without its backtrace, and a lack of
/// memory as what can be done about it. Call it in a catch block.
std::string failure_sentence();

}  // namespace staircase::execution
