#include "staircase/config/json_lines.h"

#include <fstream>

namespace staircase::config {
namespace {

bool ends_inside_a_line(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in || in.tellg() <= 0) return false;
  in.seekg(-1, std::ios::end);
  return in.get() != '\n';
}

}  // namespace

JsonLines read_json_lines(const std::filesystem::path& file, const std::string& name) {
  JsonLines read;
  std::ifstream in(file);
  int number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    const bool no_exceptions = false;
    Json line = Json::parse(text, nullptr, no_exceptions);
    if (line.is_object()) read.lines.push_back(std::move(line));
    else read.warnings.push_back(name + ": line " + std::to_string(number) + " is damaged and was left out");
  }
  return read;
}

void append_json_line(const std::filesystem::path& file, const Json& line) {
  const std::string start = ends_inside_a_line(file) ? "\n" : "";
  std::ofstream(file, std::ios::app) << start + line.dump() + "\n";
}

}  // namespace staircase::config
