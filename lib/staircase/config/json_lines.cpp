#include "staircase/config/json_lines.h"

#include <fstream>
#include <limits>

#include "staircase/config/number_line.h"

namespace staircase::config {
namespace {

bool ends_inside_a_line(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() <= 0) return false;
  in.seekg(-1, std::ios::end);
  return in.get() != '\n';
}

/// Whole, in one piece; nothing of a file that cannot be read.
std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = in ? static_cast<std::streamoff>(in.tellg()) : 0;
  if (size <= 0) return {};
  std::string bytes(static_cast<size_t>(size), '\0');
  in.seekg(0);
  in.read(bytes.data(), size);
  bytes.resize(static_cast<size_t>(in.gcount()));
  return bytes;
}

/// Calls `take` with each line; it returns false for a damaged one. Returns the warnings.
template <class Take>
std::vector<std::string> for_each_line(const std::filesystem::path& file, const std::string& name, Take take) {
  const std::string bytes = bytes_of(file);
  std::vector<std::string> warnings;
  int number = 0;
  for (size_t start = 0; start < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', start), bytes.size());
    ++number;
    if (!take(std::string_view(bytes).substr(start, end - start)))
      warnings.push_back(name + ": line " + std::to_string(number) + " is damaged and was left out");
    start = end + 1;
  }
  return warnings;
}

/// Null: the line is no JSON object.
Json object_of(std::string_view line) {
  const bool no_exceptions = false;
  Json parsed = Json::parse(line, nullptr, no_exceptions);
  return parsed.is_object() ? parsed : Json();
}

}  // namespace

JsonLines read_json_lines(const std::filesystem::path& file, const std::string& name) {
  JsonLines read;
  read.warnings = for_each_line(file, name, [&](std::string_view line) {
    Json object = object_of(line);
    const bool whole = object.is_object();
    if (whole) read.lines.push_back(std::move(object));
    return whole;
  });
  return read;
}

std::vector<std::string> read_number_lines(const std::filesystem::path& file, const std::string& name,
                                           const std::vector<std::string>& keys,
                                           const std::function<void(const std::vector<double>&)>& on_line) {
  std::vector<double> numbers;
  return for_each_line(file, name, [&](std::string_view line) {
    if (!read_plain_numbers(line, keys, numbers)) {
      const Json object = object_of(line);
      if (!object.is_object()) return false;
      for (size_t i = 0; i < keys.size(); ++i) {
        const auto found = object.find(keys[i]);
        const bool is_number = found != object.end() && found->is_number();
        numbers[i] = is_number ? found->get<double>() : std::numeric_limits<double>::quiet_NaN();
      }
    }
    on_line(numbers);
    return true;
  });
}

void append_json_line(const std::filesystem::path& file, const Json& line) {
  const std::string start = ends_inside_a_line(file) ? "\n" : "";
  std::ofstream(file, std::ios::app) << start + line.dump() + "\n";
}

}  // namespace staircase::config
