#pragma once

#include <functional>
#include <string>

#include "staircase/base/errors.h"

namespace staircase::tests {

/// What a call refuses the request with; empty: it does not.
inline std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const RequestError& error) {
    return error.what();
  }
  return "";
}

}  // namespace staircase::tests
