#include "staircase/report/origin.h"

#include <algorithm>
#include <map>
#include <set>

#include "staircase/base/text.h"

namespace staircase::report {
namespace {

using analysis::Results;
using analysis::RunLog;
using runs::RunStart;

std::vector<std::string> origin_line(const RunStart& start) {
  return {start.source, start.libtorch, start.compiler, start.machine, start.device, start.threads, start.processes};
}

/// In what rows may differ, and how a start says it.
struct Aspect {
  const char* name;
  std::string (*of)(const RunStart&);
};

const Aspect aspects[] = {{"kind of device", [](const RunStart& s) { return s.device_kind(); }},
                          {"LibTorch", [](const RunStart& s) { return s.libtorch; }},
                          {"threads", [](const RunStart& s) { return s.threads; }},
                          {"processes", [](const RunStart& s) { return s.processes.empty() ? "1" : s.processes; }},
                          {"revision", [](const RunStart& s) { return s.source; }}};

/// The value that most runs have; the first of them where several do.
std::string usual_value(const std::map<std::string, int>& counts) {
  return std::max_element(counts.begin(), counts.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

/// "LibTorch (gelu 2.6.0, layer 1.13.1 and 2.6.0; the others 1.13.1)"; empty: no row differs.
std::string aspect_text(const Results& results, const Aspect& aspect) {
  std::map<size_t, std::set<std::string>> by_row;
  std::map<std::string, int> counts;
  for (const RunLog& log : results.logs)
    for (const RunStart& start : log.config.starts) {
      ++counts[aspect.of(start)];
      by_row[log.row].insert(aspect.of(start));
    }
  if (counts.size() < 2) return "";
  const std::string usual = usual_value(counts);
  const size_t most_named = 12;
  std::vector<std::string> rows;
  size_t differ = 0;
  for (const auto& [row, values] : by_row) {
    if (values == std::set<std::string>{usual}) continue;
    if (++differ <= most_named)
      rows.push_back(results.rows[row].name + " " + join({values.begin(), values.end()}, " and "));
  }
  if (differ > most_named) rows.push_back("and " + std::to_string(differ - most_named) + " more rows");
  return std::string(aspect.name) + " (" + join(rows) + (differ < by_row.size() ? "; the others " + usual : "") + ")";
}

}  // namespace

TextTable origin_table(const Results& results) {
  TextTable table{{"source", "LibTorch", "compiler", "machine", "device", "threads", "processes", "runs"},
                  {false, false, false, false, false, true, true, true},
                  {}};
  std::vector<std::pair<std::vector<std::string>, int>> origins;
  const auto count = [&](const std::vector<std::string>& line) {
    auto found = std::find_if(origins.begin(), origins.end(), [&](const auto& each) { return each.first == line; });
    if (found == origins.end()) found = origins.insert(origins.end(), {line, 0});
    ++found->second;
  };
  for (const RunLog& log : results.logs) {
    std::set<std::vector<std::string>> lines;  // a run that was stopped on one machine counts there once
    for (const RunStart& start : log.config.starts) lines.insert(origin_line(start));
    if (lines.empty()) lines.insert({"?", "?", "?", "?", "?", "?", ""});
    for (const std::vector<std::string>& line : lines) count(line);
  }
  for (auto& [line, runs] : origins) {
    line.push_back(std::to_string(runs));
    table.rows.push_back(line);
  }
  drop_empty_columns(table);
  return table;
}

std::vector<std::string> origin_notes(const Results& results) {
  std::vector<std::string> parts;
  for (const Aspect& aspect : aspects)
    if (const std::string text = aspect_text(results, aspect); !text.empty()) parts.push_back(text);
  if (parts.empty()) return {};
  return {"Not all rows were made alike, and differences between them need not be the steps': they differ in " +
          join(parts, "; ")};
}

}  // namespace staircase::report
