#include "staircase/report/classes.h"

#include "experiment/sample_experiment.h"
#include "staircase/report/folder.h"
#include "staircase/report/report.h"
#include "staircase/report/report_data.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace classes_test {

using namespace staircase;
using namespace staircase::report;

namespace {

using Line = std::vector<std::string>;

/// Rows score 40, 41, 42, ...: the last is the best.
double rising_score(const experiment::Variant&, size_t index, int64_t) { return 40 + static_cast<double>(index); }

/// What a run had: a class an entry.
using Scores = std::vector<double>;

/// A folder of results of which single runs are given their classes.
struct ClassSample {
  explicit ClassSample(const std::string& experiment = tests::sample_grid()) {
    tests::write_sample(folder / "x", experiment, rising_score);
  }

  analysis::Results results() const { return results_of(folder / "x"); }
  ReportData read() const { return read_experiments({folder / "x"})[0]; }

  void give(size_t row, size_t seed, const config::Json& content) const {
    write_file_atomically(folder / "x/runs" / results().rows[row].seeds[seed].run / "per_class.json", content.dump());
  }
  void give(size_t row, size_t seed, const Scores& top1, const config::Json& confusion = nullptr) const {
    config::Json content = {{"classes", config::Json::array()}};
    for (size_t c = 0; c < top1.size(); ++c)
      content["classes"].push_back({{"class", "class_" + std::to_string(c)}, {"images", 4}, {"top1", top1[c]}});
    if (!confusion.is_null()) content["confusion"] = confusion;
    give(row, seed, content);
  }

  tests::TemporaryFolder folder;
};

config::Json pair_of(int64_t label, int64_t predicted, int64_t images) {
  return config::Json::array({label, predicted, images});
}

/// Alike in all classes but the first, of which it is `top1`.
Scores many(size_t count, double top1) {
  Scores scores{top1};
  for (size_t c = 1; c < count; ++c) scores.push_back(50 + static_cast<double>(c));
  return scores;
}

}  // namespace

TEST_CASE("Each class stands with its mean over the seeds in each row, a dash where no run kept it", "[report]") {
  const ClassSample sample;
  sample.give(0, 0, Scores{25, 100});
  sample.give(0, 1, Scores{50, 100});
  sample.give(5, 0, Scores{75, 50});
  const auto tables = class_tables(sample.read().classes);
  REQUIRE(tables.size() == 1);  // nothing was kept of what classes were taken for
  const TextTable& table = tables[0].table;
  const auto rows = sample.results().rows;
  CHECK(table.header ==
        Line{"class", "images", rows[0].name, rows[1].name, rows[2].name, rows[3].name, rows[4].name, rows[5].name});
  CHECK(table.rows == std::vector<Line>{{"class_0", "4", "37.50", "-", "-", "-", "-", "75.00"},
                                        {"class_1", "4", "100.00", "-", "-", "-", "-", "50.00"}});
}

TEST_CASE("The confusion matrix is the best row's, summed over its seeds", "[report]") {
  const ClassSample sample;
  sample.give(0, 0, Scores{0, 0}, {pair_of(0, 1, 99)});
  sample.give(5, 0, Scores{75, 50}, {pair_of(0, 0, 3), pair_of(0, 1, 1), pair_of(1, 0, 2), pair_of(1, 1, 2)});
  sample.give(5, 1, Scores{50, 100}, {pair_of(0, 0, 2), pair_of(0, 1, 2), pair_of(1, 1, 4)});
  const auto tables = class_tables(sample.read().classes);
  REQUIRE(tables.size() == 2);
  CHECK_THAT(tables[1].title, ContainsSubstring(sample.results().rows[5].name));
  CHECK(tables[1].table.header == Line{"class", "class_0", "class_1"});
  CHECK(tables[1].table.rows == std::vector<Line>{{"class_0", "5", "3"}, {"class_1", "2", "6"}});
}

TEST_CASE("Classes are told of the weights that the score is of", "[report]") {
  const ClassSample sample;
  sample.give(5, 0,
              {{"classes", {{{"class", "cat"}, {"images", 4}, {"top1", 25.0}, {"top1_ema", 75.0}}}},
               {"confusion", {pair_of(0, 0, 1)}},
               {"confusion_ema", {pair_of(0, 0, 3)}}});
  analysis::Results results = sample.results();
  const auto last_cells = [&] {
    const Classes classes = read_classes(sample.folder / "x", results);
    return Line{class_tables(classes).at(0).table.rows.at(0).back(),
                class_tables(classes).at(1).table.rows.at(0).back()};
  };
  CHECK(last_cells() == Line{"25.00", "1"});
  results.of_average = true;
  CHECK(last_cells() == Line{"75.00", "3"});
}

TEST_CASE("Of more than eight rows the first and the best stand there, with their difference", "[report]") {
  const ClassSample sample(tests::sample_ladder("ladder", "[0]"));
  const auto rows = sample.results().rows;
  REQUIRE(rows.size() > 8);
  sample.give(0, 0, Scores{75, 25});
  sample.give(1, 0, Scores{1, 1});
  sample.give(rows.size() - 1, 0, Scores{50, 75});
  const TextTable table = class_tables(sample.read().classes).at(0).table;
  const std::string first = rows.front().name, best = rows.back().name;
  CHECK(table.header == Line{"class", "images", first, best, best + " - " + first});
  CHECK(table.rows ==
        std::vector<Line>{{"class_0", "4", "75.00", "50.00", "-25.00"}, {"class_1", "4", "25.00", "75.00", "+50.00"}});
}

TEST_CASE("Of more than twenty classes the lowest, those that differ most and the confusions are told", "[report]") {
  const ClassSample sample;
  sample.give(0, 0, many(21, 90));
  config::Json confusion = {pair_of(0, 0, 50), pair_of(0, 20, 3), pair_of(3, 2, 7)};
  for (int64_t c = 4; c < 20; ++c) confusion.push_back(pair_of(c, 0, 1));
  Scores best = many(21, 80);
  best[9] += 2;
  sample.give(5, 0, best, confusion);
  const auto tables = class_tables(sample.read().classes);
  REQUIRE(tables.size() == 3);
  REQUIRE(tables[0].table.rows.size() == 10);
  CHECK(tables[0].table.rows[0] == Line{"class_1", "4", "51.00", "51.00", "+0.00"});
  CHECK(tables[0].table.rows[9][0] == "class_9");  // as low as class_11, but before it
  CHECK(tables[1].table.rows ==
        std::vector<Line>{{"class_0", "4", "90.00", "80.00", "-10.00"}, {"class_9", "4", "59.00", "61.00", "+2.00"}});
  REQUIRE(tables[2].table.rows.size() == 10);
  CHECK(tables[2].table.rows[0] == Line{"class_3", "class_2", "7"});
  CHECK(tables[2].table.rows[1] == Line{"class_0", "class_20", "3"});
  sample.give(5, 0, many(20, 80));
  CHECK(class_tables(sample.read().classes).at(0).table.rows.size() == 20);
}

TEST_CASE("A class without validation images has no accuracy", "[report]") {
  const ClassSample sample;
  sample.give(5, 0, {{"classes", {{{"class", "cat"}, {"images", 0}, {"top1", 0.0}}}}});
  CHECK(class_tables(sample.read().classes).at(0).table.rows.at(0).back() == "-");
}

TEST_CASE("Both reports have the classes, escaped, and the terminal has not", "[report]") {
  const ClassSample sample;
  report_folder(sample.folder / "x");
  const auto file = [&](const char* name) { return read_file(sample.folder / "x" / name); };
  CHECK_THAT(file("report.md") + file("report.html"),
             !ContainsSubstring("## Classes") && !ContainsSubstring("<h2>Classes"));  // of runs that kept none
  sample.give(5, 0,
              {{"classes", {{{"class", "a|b<i>"}, {"images", 4}, {"top1", 25.0}}}}, {"confusion", {pair_of(0, 0, 1)}}});
  const analysis::Results results = report_folder(sample.folder / "x");
  CHECK_THAT(file("report.md"), ContainsSubstring("\n## Classes\n\ntop-1 raw of each class in percent") &&
                                    ContainsSubstring("| a\\|b<i> | 4 | - | - | - | - | - | 25.00 |") &&
                                    ContainsSubstring("| a\\|b<i> | 1 |"));
  CHECK_THAT(file("report.html"), ContainsSubstring("<h2>Classes</h2>") && ContainsSubstring("a|b&lt;i&gt;") &&
                                      !ContainsSubstring("a|b<i>"));
  CHECK_THAT(report_terminal(results, 120), !ContainsSubstring("a|b"));
}

TEST_CASE("A damaged per_class.json is named and costs only itself", "[report]") {
  const ClassSample sample;
  sample.give(5, 0, Scores{75}, 3);
  sample.give(5, 1, Scores{25});
  const ReportData data = sample.read();
  REQUIRE(data.results.warnings.size() == 1);
  CHECK_THAT(data.results.warnings[0], ContainsSubstring("per_class.json: is damaged"));
  CHECK(class_tables(data.classes).at(0).table.rows.at(0).back() == "25.00");
}

}  // namespace classes_test
