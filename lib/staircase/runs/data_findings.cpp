#include "staircase/runs/data_findings.h"

#include "staircase/base/files.h"
#include "staircase/config/json.h"

namespace staircase::runs {
namespace {

using config::Json;

const char* const findings_file = "data_findings.json";

std::vector<std::string> texts_of(const Json& content, const char* key) {
  std::vector<std::string> texts;
  for (const Json& each : content.value(key, Json::array()))
    if (each.is_string()) texts.push_back(each.get<std::string>());
  return texts;
}

}  // namespace

void write_data_findings(const std::filesystem::path& folder, const DataFindings& findings) {
  const Json content = {{"notes", findings.notes}, {"warnings", findings.warnings}};
  write_file_atomically(folder / findings_file, content.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<DataFindings> read_data_findings(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder / findings_file, error)) return std::nullopt;
  try {
    const Json content = config::read_json_file(folder / findings_file);
    if (content.is_object()) return DataFindings{texts_of(content, "notes"), texts_of(content, "warnings")};
  } catch (const RequestError&) {}  // the next start writes it anew
  return std::nullopt;
}

}  // namespace staircase::runs
