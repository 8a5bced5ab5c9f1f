#include "staircase/runs/damaged_images.h"

#include "staircase/config/json.h"

namespace staircase::runs {
namespace {

using config::Json;

std::vector<std::string> names_under(const Json& content, const char* part) {
  std::vector<std::string> names;
  for (const Json& each : content.value(part, Json::array()))
    if (each.is_string()) names.push_back(each.get<std::string>());
  return names;
}

}  // namespace

DamagedImages read_damaged_images(const std::filesystem::path& run_folder) {
  const std::filesystem::path file = run_folder / "damaged_images.json";
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return {};
  try {
    const Json content = config::read_json_file(file);
    if (content.is_object()) return {names_under(content, "train"), names_under(content, "val")};
  } catch (const RequestError&) {}  // the summary counts them; a report without their names is a report
  return {};
}

}  // namespace staircase::runs
