#include "staircase/experiment/pointer_hint.h"

#include <algorithm>

#include "staircase/base/text.h"
#include "staircase/config/configuration.h"
#include "staircase/config/usual_names.h"

namespace staircase::experiment {
namespace {

std::vector<std::string> field_pointers() {
  std::vector<std::string> pointers;
  config::visit_parts([&](const auto& part) {
    using Part = typename std::remove_cvref_t<decltype(part)>::value_type;
    config::visit_fields<Part>(
        [&](const auto& each) { pointers.push_back("/" + std::string(part.name) + "/" + std::string(each.name)); });
  });
  return pointers;
}

/// The pointers that end in a field of this name, else those to what it is called elsewhere.
std::vector<std::string> pointers_to(const std::string& field, const std::vector<std::string>& known) {
  std::vector<std::string> pointers;
  for (const std::string& pointer : known)
    if (pointer.ends_with("/" + field)) pointers.push_back(pointer);
  return pointers.empty() ? config::likely_elsewhere(field) : pointers;
}

}  // namespace

std::string pointer_hint(const std::string& pointer) {
  const std::string base = "/base/";
  if (pointer.starts_with(base) && config::is_configuration_pointer(pointer.substr(base.size() - 1)))
    return " (did you mean \"" + pointer.substr(base.size() - 1) + "\"?)";
  const std::vector<std::string> known = field_pointers();
  std::vector<std::string> likely = pointers_to(pointer.substr(pointer.rfind('/') + 1), known);
  if (likely.empty()) return did_you_mean(pointer, known);
  for (std::string& each : likely) each = "\"" + each + "\"";
  return " (did you mean " + join(likely, " or ") + "?)";
}

}  // namespace staircase::experiment
