#pragma once

#include <string>

#include "staircase/config/configuration.h"

namespace staircase::execution {

/// Where a run stands, for the sentence that says why it ended.
struct RunPlace {
  std::string row;
  int64_t seed = 0;
  int64_t step = 0, steps = 0;  ///< done, of all; no `steps`: none is known to be done
  config::Configuration configuration;
};

/// One line for the exception that is being handled, of whatever kind: LibTorch's without its backtrace, and a lack of
/// memory as what can be done about it. Call it in a catch block.
std::string failure_sentence();

/// The same of a run: a lack of memory names its row and step, and the values that its fields have now.
std::string failure_sentence(const RunPlace& place);

/// What there is to say of a run that memory did not suffice for. `wanted`: the memory that was refused, as text; "":
/// not known.
std::string out_of_memory(const RunPlace& place, const std::string& wanted = "");

}  // namespace staircase::execution
