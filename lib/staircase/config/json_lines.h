#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::config {

/// The objects of a file with one a line.
struct JsonLines {
  std::vector<Json> lines;
  std::vector<std::string> warnings;  ///< "timing.jsonl: line 3 is damaged and was left out"
};

/// Lines that are no JSON object, whole or cut short by a kill or a full disk, are left out and named.
/// A file that is missing has no lines. `name`: of the file in the warnings.
JsonLines read_json_lines(const std::filesystem::path& file, const std::string& name);

/// The same lines, of which only the numbers under some keys are wanted: they come in the order of the keys, NaN where
/// a line has no such number. Fast: reports read hundreds of thousands of lines. Returns the warnings.
std::vector<std::string> read_number_lines(const std::filesystem::path& file, const std::string& name,
                                           const std::vector<std::string>& keys,
                                           const std::function<void(const std::vector<double>&)>& on_line);

/// Appends one line; what a kill left of the line before stays a line of its own.
/// For records that nothing depends on: it throws nothing, and a line that cannot be written is lost.
void append_json_line(const std::filesystem::path& file, const Json& line);

}  // namespace staircase::config
