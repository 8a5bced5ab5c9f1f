#include "staircase/runs/run_config.h"

#include "staircase/base/files.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

/// A value of an object as text.
std::string text_of(const Json& object, const char* key, const std::string& otherwise = "?") {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (!object.is_object() || found == object.end() || found->is_null()) return otherwise;
  return found->is_string() ? found->get<std::string>() : found->dump(-1, ' ', false, Json::error_handler_t::replace);
}

RunStart start_of(const Json& entry) {
  const Json source = entry.is_object() ? entry.value("staircase", Json()) : Json();
  return {text_of(source, "version") + " (" + text_of(source, "revision") + ")",
          text_of(entry, "libtorch"),
          text_of(entry, "compiler"),
          text_of(entry, "machine"),
          text_of(entry, "device"),
          text_of(entry, "threads"),
          text_of(entry, "processes", "")};
}

}  // namespace

RunConfig read_run_config(const fs::path& folder, const std::string& run) {
  const fs::path place = fs::path("runs") / run / "config.json";
  std::error_code ignored;
  if (!fs::exists(folder / place, ignored)) return {};
  RunConfig result;
  Json content;
  try {
    const bool no_exceptions = false;
    content = Json::parse(read_file(folder / place), nullptr, no_exceptions);
  } catch (const RequestError&) {}  // said below
  if (!content.is_object()) {
    result.damage = place.string() + ": is damaged and was left out";
    return result;
  }
  result.configuration = content.value("configuration", Json());
  result.initial_weights = text_of(content, "initial_weights_crc32", "");
  if (const auto starts = content.find("starts"); starts != content.end() && starts->is_array())
    for (const Json& entry : *starts) result.starts.push_back(start_of(entry));
  else result.starts.push_back(start_of(content));
  return result;
}

}  // namespace staircase::runs
