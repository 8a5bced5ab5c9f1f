#include "staircase/report/report_html.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>
#include <set>

#include "experiment/sample_experiment.h"
#include "staircase/base/files.h"
#include "staircase/report/cells.h"
#include "staircase/report/comparison.h"
#include "staircase/report/embedded.h"
#include "staircase/report/folder.h"
#include "staircase/report/html_text.h"
#include "staircase/report/origin.h"
#include "staircase/report/report.h"
#include "staircase/report/report_data.h"
#include "staircase/report/training.h"
#include "staircase/report/use.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace report_html_test {

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
  ReportData read() const { return read_experiments({folder / "grid"})[0]; }
  std::filesystem::path first_run() const { return folder / "grid/runs" / read().results.logs[0].run; }

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
  analysis::Results results = sample.read().results;
  const auto scripts = [&] { return count(report_html({report_data(sample.folder / "grid", results)}), "</script"); };
  const size_t before = scripts();
  tests::add_sample_effects(results);
  CHECK(scripts() == before);
  const std::string page = report_html({report_data(sample.folder / "grid", results)});
  CHECK(count(page, "<script>") + count(page, "<script type=") == before);
}

TEST_CASE("Text of the user is escaped wherever it stands", "[report]") {
  const Sample sample;
  analysis::Results results = sample.read().results;
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
  CHECK(count(page, "<table class=\"sortable\">") == 6);  // rows, grid, training, cost, machine, runs
  CHECK_THAT(page, ContainsSubstring("norm batch -&gt; layer"));
  CHECK_THAT(page, ContainsSubstring("<td>a machine, 2 cores, 23 GB</td>"));
  CHECK_THAT(page, ContainsSubstring("&quot;label_smoothing&quot;"));
  CHECK_THAT(page, ContainsSubstring("What each row was trained with, with every default"));
  CHECK_THAT(page, ContainsSubstring("&quot;model&quot;: &quot;as trained&quot;"));
}

TEST_CASE("Cost adds up over rows", "[report]") {
  const Sample sample;
  const TextTable table = cost_table(sample.read().results);
  REQUIRE(table.rows.size() == 7);
  CHECK(table.rows[0][1] == "2");
  CHECK(table.rows[0][2] == "80 s");  // 2 seeds, 10 epochs of 4 s
  CHECK(std::find(table.header.begin(), table.header.end(), "images/s") == table.header.end());  // rows have their own
  CHECK(table.rows[6][0] == "all");
  CHECK(table.rows[6][1] == "12");
}

TEST_CASE("A damaged line of a log is left out and named", "[report]") {
  const Sample sample;
  const std::filesystem::path run = sample.first_run();
  std::ofstream(run / "metrics.jsonl", std::ios::app) << "{\"epoch\": 11, \"train_l\n[1]\n";
  const ReportData data = sample.read();
  CHECK(chart_data(data)["runs"][0]["curve"]["epoch"].size() == 10);
  REQUIRE(data.results.warnings.size() == 2);
  CHECK_THAT(data.results.warnings[0], ContainsSubstring("metrics.jsonl: line 11 is damaged and was left out"));
  CHECK_THAT(report_html({data}), ContainsSubstring("line 11 is damaged"));
}

TEST_CASE("A damaged config.json of a run costs only its line", "[report]") {
  const Sample sample;
  write_file_atomically(sample.first_run() / "config.json", "{");
  const analysis::Results results = sample.read().results;
  CHECK(results.warnings.size() == 1);
  CHECK(origin_table(results).rows.size() == 2);
}

TEST_CASE("Experiments of which one has no average are compared by their raw weights", "[report]") {
  const Sample sample;
  tests::write_sample(sample.folder / "other", tests::sample_grid(), flat_score);
  auto experiments = read_experiments({sample.folder / "grid", sample.folder / "other"});
  experiments[0].results.score = "top1_ema";
  experiments[0].results.of_average = true;
  for (analysis::Row& row : experiments[0].results.rows)
    for (analysis::SeedResult& seed : row.seeds) seed.numbers["top1_ema"] = *seed.number("top1") + 50;
  for (analysis::SeedResult& seed : experiments[1].results.rows[0].seeds)
    seed.numbers["top1"] = *seed.number("top1") + 3 + 0.01 * static_cast<double>(seed.seed);
  const TextTable table = comparison_table(experiments);
  CHECK(table.header[1].ends_with(": top-1 raw"));
  CHECK_THAT(table.rows[0].back(), ContainsSubstring("+3.00 ["));
}

TEST_CASE("Writing the reports of a folder writes the page too", "[report]") {
  const Sample sample;
  report_folder(sample.folder / "grid");
  const std::string page = read_file(sample.folder / "grid/report.md");
  CHECK_THAT(page, ContainsSubstring("## Cost\n\n| ") && ContainsSubstring("## Machine and versions\n\n| "));
  CHECK(read_file(sample.folder / "grid/report.html").starts_with("<!doctype html>"));
}

TEST_CASE("A run that is not done stands in the report as in the status", "[report]") {
  const Sample sample;
  const std::filesystem::path run = sample.first_run();
  std::filesystem::remove(run / "summary.json");
  const auto state = [&] {
    report_folder(sample.folder / "grid");
    return run_table(sample.read().results, (sample.folder / "grid").string()).rows[0][2];
  };
  CHECK(state() == "waiting");
  make_folder(run / "checkpoints");
  write_file_atomically(run / "checkpoints/step-000000001.safetensors", "");
  CHECK(state() == "stopped");
  CHECK_THAT(read_file(sample.folder / "grid/report.md"), ContainsSubstring(" | stopped | "));
}

TEST_CASE("An end of an interval shows on which side of 0 it lies", "[report]") {
  analysis::Difference difference;
  difference.count = 3;
  difference.mean = 0.6;
  difference.interval = {{-0.03, 1.23}};
  CHECK(difference_text(difference) == "+0.6 [-0.03, +1.2]");
  difference.interval = {{0.03, 1.17}};
  CHECK(difference_text(difference) == "+0.6 [+0.03, +1.2]");
  CHECK(signed_text(0, 0.6) == "+0.0");
}

TEST_CASE("Experiments side by side show what differs and match rows by name", "[report]") {
  const Sample sample;
  std::string other = tests::sample_grid();
  other.replace(other.find("\"batch_size\": 256"), 17, "\"batch_size\": 128");
  tests::write_sample(sample.folder / "other", other, [](const Variant& v, size_t i, int64_t s) {
    return flat_score(v, i, s) + 2 + 0.01 * static_cast<double>(s);
  });
  const auto experiments = read_experiments({sample.folder / "grid", sample.folder / "other"});
  CHECK(experiments[0].label == (sample.folder / "grid").string());  // both are named "grid"
  const TextTable table = comparison_table(experiments);
  const std::string difference = (sample.folder / "other").string() + " - " + (sample.folder / "grid").string();
  REQUIRE(table.header[table.header.size() - 2] == difference + ": verdict");
  CHECK(table.header.back() == difference);
  CHECK(std::set<std::string>(table.header.begin(), table.header.end()).size() == table.header.size());
  CHECK(table.rows[0].back().starts_with("+2.0"));  // by pairs of equal seed
  CHECK(table.rows[0][table.header.size() - 2] == "higher");
  // The steps set the batch size of the other rows.
  const TextTable differences = differences_table(experiments);
  REQUIRE(differences.rows.size() == 2);
  CHECK(differences.rows[0] == std::vector<std::string>{"base", "/recipe/batch_size", "256", "128"});
  CHECK(differences.rows[1] == std::vector<std::string>{"layer", "/recipe/batch_size", "256", "128"});
  const std::string page = own_part(report_html(experiments));
  CHECK_THAT(page, ContainsSubstring("/recipe/batch_size"));
  CHECK_FALSE(std::filesystem::exists(sample.folder / "other/report.html"));
}

TEST_CASE("Scores of other data are not subtracted, and that is said first", "[report]") {
  const Sample sample;
  config::Json content = config::parse_json(tests::sample_grid(), "sample");
  content["base"]["data"] = {{"kind", "shapes"}, {"shapes_seed", 7}};
  tests::write_sample(sample.folder / "other", content.dump(), flat_score);
  auto experiments = read_experiments({sample.folder / "grid", sample.folder / "other"});
  const TextTable table = comparison_table(experiments);
  CHECK(table.rows[0].back() == "other data");
  const std::string first = experiments[0].label, second = experiments[1].label,
                    note = first + " (shapes, 10 classes) and " + second +
                           " (shapes, 10 classes) have other data: their scores cannot be subtracted";
  CHECK(comparison_terminal(experiments).starts_with(note + "\n"));
  CHECK_THAT(comparison_terminal(experiments), !ContainsSubstring("judged by seeds alone"));
  const std::string page = own_part(report_html(experiments));
  CHECK(page.find(note) < page.find("<h2>"));
  for (TrainedRow& row : experiments[1].trained.rows) {
    row.configuration.data.shapes_seed = 0;
    row.configuration.data.train_images = 5;  // the validation images are the same
  }
  CHECK(other_data_note(experiments).empty());
  const TextTable comparable = comparison_table(experiments);
  CHECK(comparable.rows[0][comparable.header.size() - 2] == "no difference shown");
  CHECK_THAT(comparison_terminal(experiments), ContainsSubstring("judged by seeds alone"));
  CHECK_THAT(own_part(report_html(experiments)), ContainsSubstring("judged by seeds alone"));
  experiments[1].trained.classes = 4;
  CHECK_THAT(other_data_note(experiments), ContainsSubstring("(shapes, 4 classes) have other data: "));
  experiments[1].trained.rows.pop_back();
  experiments[1].trained.classes = 10;
  experiments[1].trained.rows[0].configuration.data.kind = config::DataKind::cifar10;
  CHECK_THAT(other_data_note(experiments), ContainsSubstring("(cifar10, 10 classes) have other data in base: "));
}

TEST_CASE("Rows at chance in both experiments have that verdict side by side", "[report]") {
  const Sample sample;
  const auto guess = [](const Variant&, size_t index, int64_t seed) {
    return index == 0 ? 10 + 0.1 * static_cast<double>(seed) : 50 + static_cast<double>(index) + 0.1 * seed;
  };
  tests::write_sample(sample.folder / "a", tests::sample_grid(), guess);
  tests::write_sample(sample.folder / "b", tests::sample_grid(), guess);
  const TextTable table = comparison_table(read_experiments({sample.folder / "a", sample.folder / "b"}));
  const size_t verdict = table.header.size() - 2;
  CHECK(table.rows[0][verdict] == "at chance");
  CHECK(table.rows[1][verdict] != "at chance");
}

TEST_CASE("What differs is what rows were trained with: overridden fields count with their value", "[report]") {
  const Sample sample;
  config::Json content = config::parse_json(tests::sample_grid(), "sample");
  content["base"]["recipe"]["epochs"] = 7;
  content["override"] = {{"/recipe/epochs", 20}, {"/recipe/momentum", 0.5}};
  content["base"]["data"]["path"] = "nowhere";  // drawn data have none
  tests::write_sample(sample.folder / "other", content.dump(), flat_score);
  auto experiments = read_experiments({sample.folder / "grid", sample.folder / "other"});
  const auto epochs = std::to_string(experiments[0].trained.rows.at(0).configuration.recipe.epochs);
  const TextTable table = differences_table(experiments);
  CHECK(table.header == std::vector<std::string>{"field", experiments[0].label, experiments[1].label});
  CHECK(table.rows ==
        std::vector<std::vector<std::string>>{{"/recipe/epochs", epochs, "20"}, {"/recipe/momentum", "0.9", "0.5"}});
}

TEST_CASE("Other data are pointed out by what they hold, and the same data elsewhere are the same", "[report]") {
  config::Configuration here;
  here.data.kind = config::DataKind::image_folder;
  here.data.path = "/data/photos";
  config::Configuration there = here;
  there.data.path = "/mnt/photos";
  const auto set = [](const std::string& path, int64_t cats) {
    return config::DataContent{config::DataKind::image_folder, path, {{"train", {{"cat", cats, 1}, {"dog", 4, 2}}}}};
  };
  const auto trained = [](const config::Configuration& c, const config::DataContent& content) {
    return Trained{{{"base", c}}, 2, {content}};
  };
  const Trained first = trained(here, set("/data/photos", 6)), moved = trained(there, set("/mnt/photos", 6)),
                other = trained(there, set("/mnt/photos", 7));
  CHECK(trained_differences({&first, &moved}).empty());
  CHECK_FALSE(have_other_data(first, first.rows[0], moved, moved.rows[0]));
  CHECK(have_other_data(first, first.rows[0], other, other.rows[0]));
  const auto differences = trained_differences({&first, &other});
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].pointer == "/data/content");
  CHECK_THAT(
      differences[0].values[0].get<std::string>(),
      ContainsSubstring("train 10 images, 2 classes, fingerprint ") && ContainsSubstring(set("", 6).fingerprint()));
}

TEST_CASE("The curves of many long runs are thinned to what a page can draw, ends included", "[report]") {
  const Sample sample;
  ReportData data = sample.read();
  for (analysis::RunLog& log : data.results.logs)
    for (std::vector<double>& column : log.curve.columns) {
      column.resize(10'000);
      for (size_t i = 0; i < column.size(); ++i) column[i] = static_cast<double>(i + 1);
    }
  const config::Json drawn = chart_data(data);
  CHECK(drawn["curve_stride"] == 3);  // 12 runs
  const config::Json& epochs = drawn["runs"][0]["curve"]["epoch"];
  CHECK(epochs.front() == 1.0);
  CHECK(epochs.back() == 10'000.0);
  CHECK(epochs.size() == 3334);
  CHECK(chart_data(sample.read())["curve_stride"] == 1);
}

TEST_CASE("The reports say which folder each run is and the word that names it", "[report]") {
  const Sample sample;
  report_folder(sample.folder / "grid");
  const std::string folder = (sample.folder / "grid").string();
  const std::string line =
      "| base | 0 | done | runs/" + sample.read().results.rows[0].seeds[0].run + " | raw | " + folder + ":base@0 |";
  CHECK_THAT(read_file(sample.folder / "grid/report.md"), ContainsSubstring(line));
  CHECK_THAT(read_file(sample.folder / "grid/report.html"), ContainsSubstring("<td>" + folder + ":base@0</td>"));
}

TEST_CASE("The bars of the terminal start at chance, or at 0 where that is not known, and the table says so",
          "[report]") {
  const Sample sample;
  analysis::Results results = sample.read().results;
  results.rows.resize(3);
  const std::array<double, 3> scores{10, 40, 70};
  for (size_t i = 0; i < 3; ++i) results.rows[i].score->mean = scores[i];
  const auto bars = [&] {
    std::vector<size_t> lengths;
    const std::string text = report_terminal(results, 200);
    const size_t header = text.find("\n\n") + 2;  // behind the answer in words
    for (size_t at = text.find('\n', header) + 1, line = 0; line < 3; ++line) {
      const size_t end = text.find('\n', at);
      lengths.push_back(count(text.substr(at, end - at), "█"));
      at = end + 1;
    }
    return lengths;
  };
  results.chance.chance = 10.0;
  CHECK(bars() == std::vector<size_t>{0, 15, 30});
  CHECK_THAT(report_terminal(results, 200), ContainsSubstring("\nbars start at 10.00, chance\n"));
  results.chance.chance.reset();
  CHECK(bars() == std::vector<size_t>{4, 17, 30});
  CHECK_THAT(report_terminal(results, 200), ContainsSubstring("\nbars start at 0.00\n"));
}

TEST_CASE("Each row says how many images of training and of validation were damaged", "[report]") {
  const Sample sample;
  ReportData data = sample.read();
  data.results.rows[1].seeds[0].numbers["bad_images"] = 2;
  data.results.rows[1].seeds[0].numbers["bad_val_images"] = 1;
  CHECK_THAT(report_markdown(data.results, &data),
             ContainsSubstring("| damaged images |") && ContainsSubstring("| training 2, validation 1 |"));
  CHECK_THAT(report_html({data}), ContainsSubstring("<td class=\"number\">training 2, validation 1</td>") ||
                                      ContainsSubstring(">training 2, validation 1</td>"));
  CHECK_THAT(report_csv(data.results),
             ContainsSubstring(",bad_images,bad_val_images\n") && ContainsSubstring(",2,1\n"));
}

TEST_CASE("The report names damaged images and says what became of them", "[report]") {
  const Sample sample;
  const auto write = [&](const analysis::RunLog& log, const char* train) {
    write_file_atomically(sample.folder / "grid/runs" / log.run / "damaged_images.json",
                          config::Json{{"train", {train, "train/a/2.jpg"}}, {"val", {"val/a/1.jpg"}}}.dump());
  };
  const auto logs = sample.read().results.logs;
  write(logs[0], "train/a/1.jpg");
  write(logs[1], "train/a/3.jpg");
  report_folder(sample.folder / "grid");
  const std::string page = read_file(sample.folder / "grid/report.md");
  CHECK_THAT(page, ContainsSubstring("- Data: warning: damaged training images, in whose place the next image that can "
                                     "be read was trained on: train/a/1.jpg, train/a/2.jpg, train/a/3.jpg\n"));
  CHECK_THAT(page, ContainsSubstring("- Data: warning: damaged validation images, which were left out: val/a/1.jpg\n"));
}

TEST_CASE("The best row's weights are named as commands take them, with what the file holds", "[report]") {
  const Sample sample;
  analysis::Results results = sample.read().results;
  results.rows.resize(2);
  for (size_t row = 0; row < 2; ++row)
    for (size_t seed = 0; seed < 2; ++seed)
      results.rows[row].seeds[seed].numbers["top1"] =
          40.0 + 10.0 * static_cast<double>(row) - static_cast<double>(seed);
  results.rows[0].score->mean = 39.5;
  results.rows[1].score->mean = 49.5;
  const std::string name = results.rows[1].name;
  CHECK(best_weights_line(results, "runs/x/") ==
        "weights of the best row: --weights runs/x:" + name + "@0 (raw, top-1 50.00)");
  results.rows[1].seeds[0].numbers["top1_ema"] = 60.0;  // the file then holds the average
  CHECK(best_weights_line(results, "runs/x") ==
        "weights of the best row: --weights runs/x:" + name + "@0:raw (raw, top-1 50.00)");
  results.score = "top1_ema";
  results.of_average = true;
  CHECK(best_weights_line(results, "runs/x") ==
        "weights of the best row: --weights runs/x:" + name + "@0 (EMA, top-1 60.00)");
  for (analysis::Row& row : results.rows) row.score.reset();
  CHECK(best_weights_line(results, "runs/x").empty());
}

TEST_CASE("The reports say which recipe, data, epochs and steps made the numbers", "[report]") {
  const Sample sample;
  report_folder(sample.folder / "grid");
  const Trained trained = sample.read().trained;
  const config::RecipeOptions& recipe = trained.rows.at(0).configuration.recipe;
  const int64_t steps = 10000 / 256 * recipe.epochs;  // of the 10,000 drawn images those that fill batches
  const std::string line = "| base, layer | small* | adamw | 0.002 | 256 | " + std::to_string(recipe.epochs) + " | " +
                           grouped_digits(steps) + " | 32 |";
  CHECK_THAT(
      read_file(sample.folder / "grid/report.md"),
      ContainsSubstring("## Training\n\n- Data: shapes (drawn): train 10,000 images, val 2,000 images, 10 classes, "
                        "set 0\n- Recipe: base, layer: small with batch_size 256, ema_decay 0.0\n") &&
          ContainsSubstring(line));
  CHECK_THAT(read_file(sample.folder / "grid/report.html"),
             ContainsSubstring("<h2>Training</h2>") && ContainsSubstring("10,000 images"));
}

TEST_CASE("Data of files are told with their place, images, classes and fingerprint", "[report]") {
  config::Configuration c;
  c.data.kind = config::DataKind::image_folder;
  c.data.path = "/data/photos";
  c.recipe.batch_size = 4;
  c.recipe.epochs = 3;
  const config::DataContent content{
      config::DataKind::image_folder,
      "/data/photos",
      {{"train", {{"cat", 6, 1}, {"dog", 4, 2}}}, {"val", {{"cat", 1, 1}, {"dog", 1, 2}}}}};
  const Trained trained{{{"base", c}, {"gelu", c}}, 2, {content}};
  CHECK(
      data_lines(trained) ==
      std::vector<std::string>{"image_folder in /data/photos: train 10 images, val 2 images, 2 classes, fingerprint " +
                               content.fingerprint() + "; classes cat, dog"});
  const TextTable table = training_table(trained);
  REQUIRE(table.rows.size() == 1);
  CHECK(table.rows[0][0] == "all");
  CHECK(table.header[6] == "steps");
  CHECK(table.rows[0][6] == "6");  // 2 batches of 4, the last two images fill none
}

TEST_CASE("Of many recipes the first ten are told and the rest is counted", "[report]") {
  Trained trained;
  for (int i = 0; i < 12; ++i) {
    config::Configuration c;
    c.recipe.learning_rate = 0.001 * (i + 1);
    trained.rows.push_back({"rate_" + std::to_string(i), c});
  }
  const auto lines = recipe_lines(trained);
  REQUIRE(lines.size() == 11);
  CHECK_THAT(lines[0], ContainsSubstring("rate_0: ") && ContainsSubstring("learning_rate 0.001"));
  CHECK(lines[10] == "2 more: config.json of each run has its own");
  trained.rows.resize(1);
  CHECK(recipe_lines(trained).size() == 1);
  CHECK_THAT(recipe_lines(trained)[0], !ContainsSubstring("rate_0"));
}

TEST_CASE("Rows that were made otherwise than the others are named with what differs", "[report]") {
  const Sample sample;
  CHECK(origin_notes(sample.read().results).empty());
  const auto rewrite = [&](size_t row, const std::function<void(config::Json&)>& change) {
    const auto file = sample.folder / "grid/runs" / sample.read().results.rows[row].seeds[0].run / "config.json";
    config::Json content = config::read_json_file(file);
    change(content);
    write_file_atomically(file, content.dump());
  };
  rewrite(1, [](config::Json& content) { content["device"] = "cuda:1"; });
  // A run that went on elsewhere: two starts, the newer form of the file.
  rewrite(2, [](config::Json& content) {
    config::Json start = content, other = content;
    other["libtorch"] = "2.6.0";
    other["staircase"]["revision"] = "def5678";
    content = {{"configuration", content["configuration"]}, {"seed", 0}, {"starts", {start, other}}};
  });
  const analysis::Results results = sample.read().results;
  const std::string first = results.rows[1].name, second = results.rows[2].name;
  const auto notes = origin_notes(results);
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], ContainsSubstring("kind of device (" + first + " cpu and cuda; the others cpu)") &&
                           ContainsSubstring("LibTorch (" + second + " 1.13.0 and 2.6.0; the others 1.13.0)") &&
                           ContainsSubstring("revision (" + second) && !ContainsSubstring("threads"));
  CHECK_THAT(report_terminal(results, 120), ContainsSubstring(notes[0]));
  CHECK_THAT(report_markdown(results), ContainsSubstring(notes[0]));
  CHECK_THAT(report_html({sample.read()}), ContainsSubstring(escape_html(notes[0])));
  CHECK(origin_table(results).rows.size() == 3);
}

TEST_CASE("No control character of a file reaches a terminal or report.md", "[report]") {
  const Sample sample;
  const std::string escape = "\x1b[2J\x9b\x7f";
  const auto run = sample.first_run();
  write_file_atomically(run / "summary.json", "{\"top1\": 5 \x1b[31m");
  ReportData data = sample.read();
  data.results.rows[1].name = "row" + escape;
  data.results.rows[1].seeds[0].reason = "no space on " + escape;
  data.results.description = "first\nsecond" + escape;
  const auto holds_control = [](const std::string& text) {
    return std::any_of(text.begin(), text.end(),
                       [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }) ||
           text.find("\x9b") != std::string::npos;
  };
  const std::string markdown = report_markdown(data.results, &data), terminal = report_terminal(data.results, 120);
  CHECK_FALSE(holds_control(markdown));
  CHECK_FALSE(holds_control(terminal));
  CHECK_THAT(markdown, ContainsSubstring("row\\u001b[2J") && ContainsSubstring("first\nsecond\\u001b"));
  CHECK_THAT(terminal, ContainsSubstring("row\\u001b[2J"));
}

TEST_CASE("Reports are not made anew for every run that ends", "[report]") {
  const Sample sample;
  const auto page = sample.folder / "grid/report.html";
  FreshReport fresh(sample.folder / "grid");
  CHECK_FALSE(fresh.run_over());
  REQUIRE(std::filesystem::exists(page));
  std::filesystem::remove(page);
  // The next is due when 20 times has passed what this one took, which is more than a call takes.
  CHECK_FALSE(fresh.run_over());
  CHECK_FALSE(std::filesystem::exists(page));
}

TEST_CASE("A table for a terminal escapes control characters in every cell", "[report]") {
  const TextTable table{{"class \x1b]0;x\x07"}, {false}, {{"cat\x1b[31m"}, {"file\r\n.jpg"}}};
  CHECK(terminal_table(table) == "class \\u001b]0;x\\u0007\ncat\\u001b[31m\nfile\\u000d\\u000a.jpg\n");
}

}  // namespace report_html_test
