#include <charconv>

#include "staircase/base/errors.h"
#include "staircase/processes/process_group.h"

namespace staircase::processes {

std::chrono::milliseconds group_timeout(const Environment& environment) {
  const std::string name = "STAIRCASE_GROUP_TIMEOUT_SECONDS";
  const auto text = environment(name);
  if (!text) return std::chrono::minutes(10);
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  const int64_t day = 86400;
  if (error != std::errc() || end != text->data() + text->size() || seconds < 1 || seconds > day)
    throw RequestError(name + ": found \"" + *text + "\", allowed is 1 to " + std::to_string(day));
  return std::chrono::seconds(seconds);
}

}  // namespace staircase::processes
