#include "staircase/data/passed_over.h"

#include <algorithm>
#include <array>
#include <vector>

#include "staircase/base/counted.h"
#include "staircase/base/text.h"

namespace staircase::data {
namespace {

/// ".heic 30, .txt 7".
std::string list_text(const std::map<std::string, uint64_t>& counts) {
  std::vector<std::pair<std::string, uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> parts;
  for (const auto& [kind, count] : sorted) parts.push_back(kind + " " + grouped_digits(static_cast<long long>(count)));
  return join(parts);
}

}  // namespace

void PassedOver::add(const PassedOver& more) {
  for (const auto& [kind, count] : more.left_out) left_out[kind] += count;
  for (const auto& [name, count] : more.left_behind) left_behind[name] += count;
}

bool is_left_behind(std::string_view name) {
  constexpr std::array<std::string_view, 5> names{"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string kind_of_file(std::string_view name) {
  const size_t longest = 12, at = name.rfind('.');  // what follows a point in a sentence is no extension
  if (at == std::string_view::npos || at == 0 || name.size() - at > longest) return "no extension";
  std::string kind(name.substr(at));
  for (char& c : kind) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return kind;
}

std::string left_out_text(const PassedOver& passed_over) {
  std::map<std::string, uint64_t> files = passed_over.left_out;
  const uint64_t folders = files.contains("folders") ? files["folders"] : 0;
  files.erase("folders");
  uint64_t all = 0;
  for (const auto& [kind, count] : files) all += count;
  std::vector<std::string> parts;
  if (all > 0) parts.push_back(counted(static_cast<long long>(all), "file"));
  if (folders > 0) parts.push_back(counted(static_cast<long long>(folders), "folder") + " in class folders");
  if (parts.empty()) return {};
  return join(parts, " and ") + (all + folders == 1 ? " was" : " were") + " left out" +
         (all > 0 ? ": " + list_text(files) : "");
}

std::string left_behind_text(const PassedOver& passed_over) {
  if (passed_over.left_behind.empty()) return {};
  return "left by the operating system and ignored: " + list_text(passed_over.left_behind);
}

}  // namespace staircase::data
