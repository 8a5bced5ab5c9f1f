#include "staircase/config/json.h"

#include <set>
#include <vector>

#include "staircase/base/files.h"

namespace staircase::config {
namespace {

constexpr int max_depth = 64;

std::string escaped(std::string_view key) {
  std::string out;
  for (char c : key) {
    if (c == '~') out += "~0";
    else if (c == '/') out += "~1";
    else out += c;
  }
  return out;
}

/// nlohmann's message without its "[json.exception.parse_error.101] " and internals.
std::string plain_parse_message(const std::string& what) {
  const size_t start = what.find("] ");
  return start == std::string::npos ? what : what.substr(start + 2);
}

}  // namespace

Place Place::at(std::string_view key) const { return {source, pointer + "/" + escaped(key)}; }
Place Place::at(size_t index) const { return {source, pointer + "/" + std::to_string(index)}; }
std::string Place::text() const {
  if (source.empty()) return pointer.empty() ? "/" : pointer;
  return pointer.empty() ? source : source + ": " + pointer;
}

ConfigError::ConfigError(const Place& place, const std::string& message)
    : RequestError(place.text() + ": " + message) {}

Json parse_json(std::string_view text, const std::string& source) {
  std::vector<std::set<std::string>> keys;
  const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth > max_depth)
      throw ConfigError({source, ""},
                        "is nested deeper than " + std::to_string(max_depth) + " levels, which is the most allowed");
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.back().insert(parsed.get<std::string>()).second)
      throw ConfigError({source, ""}, "the key \"" + parsed.get<std::string>() + "\" stands twice in one object");
    return true;
  };
  try {
    return Json::parse(text, check);
  } catch (const nlohmann::json::exception& error) {
    throw ConfigError({source, ""}, "is not JSON: " + plain_parse_message(error.what()));
  }
}

Json read_json_file(const std::filesystem::path& path) { return parse_json(read_file(path), path.string()); }

bool is_utf8(std::string_view text) {
  try {
    Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

std::string describe_value(const Json& value) {
  const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::string shown = text.size() <= 60 ? text : text.substr(0, 57) + "...";
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::boolean: return shown;
    case Json::value_t::string: return shown;
    case Json::value_t::object: return "the object " + shown;
    case Json::value_t::array: return "the list " + shown;
    default: return shown;
  }
}

std::vector<std::string> pointer_parts(const std::string& pointer, const std::string& source) {
  if (pointer.empty() || pointer[0] != '/')
    throw ConfigError({source, ""}, "\"" + pointer +
                                        "\" is not a JSON pointer: it starts with \"/\", as in "
                                        "/model/kernel_size");
  std::vector<std::string> parts;
  for (char c : pointer) {
    if (c == '/') parts.emplace_back();
    else parts.back() += c;
  }
  for (std::string& part : parts) {
    std::string plain;
    for (size_t i = 0; i < part.size(); ++i) {
      const bool escape = part[i] == '~' && i + 1 < part.size();
      if (escape && part[i + 1] == '1') plain += '/', ++i;
      else if (escape && part[i + 1] == '0') plain += '~', ++i;
      else plain += part[i];
    }
    part = plain;
  }
  return parts;
}

std::string canonical_text(const Json& value) { return nlohmann::json(value).dump(); }

Json merge_json(Json under, const Json& over) {
  if (!under.is_object() || !over.is_object()) return over;
  for (const auto& [key, value] : over.items())
    under[key] = under.contains(key) ? merge_json(under[key], value) : value;
  return under;
}

}  // namespace staircase::config
