#pragma once

#include <stdexcept>
#include <string>

namespace staircase {

/// The request was wrong: a config, an argument or an input that is missing or unreadable.
/// The message is one sentence that names the file or field and what is allowed.
/// The program answers it with exit status 2; any other exception is a failed run, status 1.
class RequestError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The run was stopped by SIGINT or SIGTERM after its state was saved; exit status 130.
class Interrupted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace staircase
