#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "staircase/base/errors.h"

namespace staircase::config {

/// Objects keep the order of their keys, so files read like the structs they describe.
using Json = nlohmann::ordered_json;

/// Where a value stands: a file (or "--set", or a built-in name) and a JSON pointer in it.
struct Place {
  std::string source;
  std::string pointer;

  /// The place of a member or an element. Escapes "~" and "/" as RFC 6901 says.
  Place at(std::string_view key) const;
  Place at(size_t index) const;
  /// "file.json: /model/norm".
  std::string text() const;
};

/// A config that cannot be taken: "FILE: POINTER: what was found, what is allowed".
class ConfigError : public RequestError {
 public:
  ConfigError(const Place& place, const std::string& message);
};

/// Parses strictly: no duplicate key, no NaN or infinity, no comment, at most 64 levels deep.
/// Throws ConfigError naming `source` and the place in it.
Json parse_json(std::string_view text, const std::string& source);

/// parse_json of a file. Throws RequestError when the file cannot be read.
Json read_json_file(const std::filesystem::path& path);

/// Only such texts can be written as JSON.
bool is_utf8(std::string_view text);

/// "a number", "a text", ...: what a value is, in words, for messages; short values are quoted.
std::string describe_value(const Json& value);

/// Splits an RFC 6901 pointer into its unescaped parts. Throws ConfigError when it has no leading "/".
std::vector<std::string> pointer_parts(const std::string& pointer, const std::string& source);

/// The canonical text of a value: keys sorted, no white space. Equal values have equal texts.
std::string canonical_text(const Json& value);

/// Deep merge: objects merge key by key, anything else in `over` replaces what `under` has.
Json merge_json(Json under, const Json& over);

}  // namespace staircase::config
