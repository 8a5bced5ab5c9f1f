#include "staircase/config/json_lines.h"

#include <cmath>

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace json_lines_test {

using namespace staircase;
using namespace staircase::config;

TEST_CASE("Damaged lines are left out and named, also a last one that a kill cut", "[config]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "x.jsonl", "{\"a\": 1}\n{\"a\": \n[1]\n{\"a\": 2}\n\xff\n{\"a\": 3}\n{\"a\": 4");
  const JsonLines read = read_json_lines(folder / "x.jsonl", "log");
  CHECK(Json(read.lines) == Json({{{"a", 1}}, {{"a", 2}}, {{"a", 3}}}));
  const auto warning = [](int line) { return "log: line " + std::to_string(line) + " is damaged and was left out"; };
  CHECK(read.warnings == std::vector<std::string>{warning(2), warning(3), warning(5), warning(7)});
}

TEST_CASE("A missing file has no lines and nothing to warn of", "[config]") {
  const tests::TemporaryFolder folder;
  const JsonLines read = read_json_lines(folder / "absent.jsonl", "log");
  CHECK(read.lines.empty());
  CHECK(read.warnings.empty());
}

TEST_CASE("A line that is appended after a cut one is not lost with it", "[config]") {
  const tests::TemporaryFolder folder;
  const auto file = folder / "x.jsonl";
  append_json_line(file, {{"a", 1}});
  CHECK(read_file(file) == "{\"a\":1}\n");
  write_file_atomically(file, "{\"a\":1}\n{\"a\":");
  append_json_line(file, {{"a", 2}});
  const JsonLines read = read_json_lines(file, "log");
  CHECK(Json(read.lines) == Json({{{"a", 1}}, {{"a", 2}}}));
  CHECK(read.warnings.size() == 1);
}

TEST_CASE("Numbers are read from the lines that are objects, and from no others", "[config]") {
  const tests::TemporaryFolder folder;
  const std::vector<std::string> lines{R"({"a": 1, "b": -2.5e-3})",
                                       R"({"b":7,"c":"x","a":3})",
                                       R"( { "a" : null , "d" : true } )",
                                       "{}",
                                       R"({"a": 01})",
                                       R"({"a": 1,})",
                                       R"({"a": 1} x)",
                                       "[1]",
                                       R"({"a": .5})",
                                       R"({"a": NaN})",
                                       R"({"a": 1.})",
                                       R"({"a": 1e})",
                                       R"({"c": [1, {"a": 9}], "a": 4})",
                                       R"({"\u0061": 5, "b": 6})",
                                       R"({"a": "1"})",
                                       R"({"a": 1e400})",
                                       R"({"a" 1})",
                                       R"({a: 1})",
                                       "",
                                       R"({"a": 1)",
                                       R"({"a": -})",
                                       R"({"a": 1 "b": 2})",
                                       R"({"a": 1}{"a": 2})",
                                       R"({"a": truth})",
                                       "{\"a\": 8, \"c\": \"caf\xc3\xa9\"}",
                                       "{\"a\": 8, \"c\": \"\x1b\"}",
                                       "{\"a\": 8, \"c\": \"\xff\"}",
                                       R"({"a": 9})"};
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  write_file_atomically(folder / "x.jsonl", text);
  // The complete parser is the measure of what the fast one takes and leaves out.
  const JsonLines complete = read_json_lines(folder / "x.jsonl", "log");
  std::vector<std::vector<double>> read;
  const auto warnings = read_number_lines(folder / "x.jsonl", "log", {"a", "b"},
                                          [&](const std::vector<double>& numbers) { read.push_back(numbers); });
  CHECK(warnings == complete.warnings);
  REQUIRE(read.size() == complete.lines.size());
  for (size_t i = 0; i < read.size(); ++i)
    for (size_t key = 0; key < 2; ++key) {
      const Json value = complete.lines[i].value(key == 0 ? "a" : "b", Json());
      if (value.is_number()) CHECK(read[i][key] == value.get<double>());
      else CHECK(std::isnan(read[i][key]));
    }
  CHECK(read.size() > 8);
  CHECK(warnings.size() > 8);
}

}  // namespace json_lines_test
