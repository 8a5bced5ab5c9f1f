#include "staircase/experiment/names.h"

namespace staircase::experiment {
namespace {

bool is_plain(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name[0] != '.' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string::npos;
}

}  // namespace

void check_name(const std::string& name, const config::Place& place) {
  if (is_plain(name)) return;
  const std::string found = name.empty() ? "is missing or empty" : "found \"" + name + "\"";
  throw config::ConfigError(place, found + ", allowed are 1 to 100 letters, digits, '.', '_' and '-', not '.' first");
}

}  // namespace staircase::experiment
