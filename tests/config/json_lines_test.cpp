#include "staircase/config/json_lines.h"

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

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
