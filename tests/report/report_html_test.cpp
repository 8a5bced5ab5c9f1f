#include "staircase/report/report_html.h"

#include <fstream>
#include <regex>

#include "sample_experiment.h"
#include "staircase/report/comparison.h"
#include "staircase/report/embedded.h"
#include "staircase/report/folder.h"
#include "staircase/report/html_text.h"
#include "staircase/report/report_data.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::analysis;
using namespace staircase::report;

namespace {

double flat_score(const Variant&, size_t index, int64_t seed) {
  return 40 + static_cast<double>(index) + tests::sample_noise(index, seed);
}

/// A folder with the grid of norms and batch sizes.
struct Sample {
  Sample() { tests::write_sample(folder / "grid", tests::sample_grid(), flat_score); }
  config::Json read() const { return read_experiments({folder / "grid"})[0]; }
  std::filesystem::path first_run() const {
    return folder / "grid/runs" / read()["runs"][0]["name"].get<std::string>();
  }

  tests::TemporaryFolder folder;
};

/// The page without what the chart libraries bring.
std::string own_part(std::string page) {
  for (const char* library : {"vega.min.js", "vega-lite.min.js", "vega-embed.min.js"}) {
    const std::string_view text = embedded_file(library);
    const size_t at = text.empty() ? std::string::npos : page.find(text);
    if (at != std::string::npos) page.erase(at, text.size());
  }
  return page;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++found;
  return found;
}

}  // namespace

TEST_CASE("The page asks for nothing outside itself", "[report]") {
  const Sample sample;
  const std::string page = report_html({sample.read()});
  CHECK_FALSE(std::regex_search(own_part(page), std::regex("https?:|url\\(|@import|<link|<iframe|\\ssrc=|\\shref=")));
  CHECK_THAT(page, ContainsSubstring("content=\"default-src 'none';"));
}

TEST_CASE("A page ends its scripts only where it means to", "[report]") {
  const Sample sample;
  config::Json results = sample.read()["results"];
  const auto scripts = [&] { return count(report_html({report_data(sample.folder / "grid", results)}), "</script"); };
  const size_t before = scripts();
  tests::add_sample_effects(results);
  CHECK(scripts() == before);
  const std::string page = report_html({report_data(sample.folder / "grid", results)});
  CHECK(count(page, "<script>") + count(page, "<script type=") == before);
}

TEST_CASE("Text of the user is escaped wherever it stands", "[report]") {
  const Sample sample;
  config::Json results = sample.read()["results"];
  tests::add_sample_effects(results);
  const std::string page = own_part(report_html({report_data(sample.folder / "grid", results)}));
  CHECK_THAT(page, !ContainsSubstring("<img src=x"));
  CHECK_THAT(page, ContainsSubstring("<h1>a &lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt; name</h1>"));
  CHECK_THAT(page, ContainsSubstring("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot;"));
  CHECK(escape_html("<a href='x'>\"&\"</a>") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
  CHECK(config::Json::parse(json_for_script({{"k", "</script><!-- <"}})) == config::Json{{"k", "</script><!-- <"}});
  CHECK_THAT(json_for_script({{"k", "</script>"}}), !ContainsSubstring("<"));
}

TEST_CASE("A text that is no UTF-8 does not keep the page from being written", "[report]") {
  CHECK_NOTHROW(json_for_script({{"folder", "caf\xe9"}}));
}

TEST_CASE("The tables stand in the page itself and need no library", "[report]") {
  const Sample sample;
  const std::string page = own_part(report_html({sample.read()}));
  CHECK(count(page, "<table class=\"sortable\">") == 4);  // rows, grid, cost, machine
  CHECK_THAT(page, ContainsSubstring("norm batch -&gt; layer"));
  CHECK_THAT(page, ContainsSubstring("<td>a machine, 2 cores, 23 GB</td>"));
  CHECK_THAT(page, ContainsSubstring("&quot;label_smoothing&quot;"));
  CHECK_THAT(page, ContainsSubstring("What each row was trained with, with every default"));
  CHECK_THAT(page, ContainsSubstring("&quot;model&quot;: &quot;as trained&quot;"));
}

TEST_CASE("Cost adds up over rows", "[report]") {
  const Sample sample;
  const TextTable table = cost_table(sample.read());
  REQUIRE(table.rows.size() == 7);
  CHECK(table.rows[0][1] == "2");
  CHECK(table.rows[0][2] == "80 s");  // 2 seeds, 10 epochs of 4 s
  CHECK(table.rows[6][0] == "all");
  CHECK(table.rows[6][1] == "12");
}

TEST_CASE("A damaged line of a log is left out and named", "[report]") {
  const Sample sample;
  const std::filesystem::path run = sample.first_run();
  std::ofstream(run / "metrics.jsonl", std::ios::app) << "{\"epoch\": 11, \"train_l\n[1]\n";
  const config::Json data = sample.read();
  CHECK(data["runs"][0]["curve"].size() == 10);
  REQUIRE(data["warnings"].size() == 2);
  CHECK_THAT(data["warnings"][0].get<std::string>(),
             ContainsSubstring("metrics.jsonl: line 11 is damaged and was left out"));
  CHECK_THAT(report_html({data}), ContainsSubstring("line 11 is damaged"));
}

TEST_CASE("A damaged config.json of a run costs only its line", "[report]") {
  const Sample sample;
  write_file_atomically(sample.first_run() / "config.json", "{");
  const config::Json data = sample.read();
  CHECK(data["warnings"].size() == 1);
  CHECK(origin_table(data).rows.size() == 2);
}

TEST_CASE("Experiments of which one has no average are compared by their raw weights", "[report]") {
  const Sample sample;
  tests::write_sample(sample.folder / "other", tests::sample_grid(), flat_score);
  auto experiments = read_experiments({sample.folder / "grid", sample.folder / "other"});
  experiments[0]["results"]["score"] = "top1_ema";
  for (config::Json& row : experiments[0]["results"]["rows"])
    for (config::Json& seed : row["seeds"]) seed["top1_ema"] = seed["top1"].get<double>() + 50;
  for (config::Json& seed : experiments[1]["results"]["rows"][0]["seeds"])
    seed["top1"] = seed["top1"].get<double>() + 3 + 0.01 * seed["seed"].get<double>();
  const TextTable table = comparison_table(experiments);
  CHECK(table.header[1].ends_with(": top-1 raw"));
  CHECK(table.rows[0][table.header.size() - 2].starts_with("+3.0"));
}

TEST_CASE("Writing the reports of a folder writes the page too", "[report]") {
  const Sample sample;
  report_folder(sample.folder / "grid");
  const std::string page = read_file(sample.folder / "grid/report.md");
  CHECK_THAT(page, ContainsSubstring("## Cost\n\n| ") && ContainsSubstring("## Machine and versions\n\n| "));
  CHECK(read_file(sample.folder / "grid/report.html").starts_with("<!doctype html>"));
}

TEST_CASE("Experiments side by side show what differs and match rows by name", "[report]") {
  const Sample sample;
  std::string other = tests::sample_grid();
  other.replace(other.find("\"batch_size\": 256"), 17, "\"batch_size\": 128");
  tests::write_sample(sample.folder / "other", other, [](const Variant& v, size_t i, int64_t s) {
    return flat_score(v, i, s) + 2 + 0.01 * static_cast<double>(s);
  });
  const auto experiments = read_experiments({sample.folder / "grid", sample.folder / "other"});
  CHECK(experiments[0]["label"] == (sample.folder / "grid").string());  // both are named "grid"
  const TextTable table = comparison_table(experiments);
  REQUIRE(table.header.back() == "verdict");
  CHECK(table.header[table.header.size() - 2] == "difference");
  CHECK(table.rows[0][table.header.size() - 2].starts_with("+2.00 [+1.9"));  // by pairs of equal seed
  CHECK(table.rows[0].back() == "higher");
  const TextTable differences = differences_table(experiments);
  REQUIRE(differences.rows.size() == 1);
  CHECK(differences.rows[0] == std::vector<std::string>{"/base/recipe/batch_size", "256", "128"});
  const std::string page = own_part(report_html(experiments));
  CHECK_THAT(page, ContainsSubstring("/base/recipe/batch_size"));
  CHECK_FALSE(std::filesystem::exists(sample.folder / "other/report.html"));
}
