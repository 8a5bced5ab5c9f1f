#include "staircase/analysis/results.h"

#include "experiment/designed.h"
#include "staircase/base/files.h"
#include "staircase/config/image_outcomes.h"
#include "staircase/config/json_lines.h"
#include "staircase/report/report.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace results_test {

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::analysis;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::report;

namespace {

const char* const three_steps = R"({"name": "steps", "kind": "ablation", "seeds": [0, 1],
  "base": {"model": {"width_factor": 0.1}, "recipe": "original", "data": {"kind": "shapes"}},
  "steps": [{"name": "recipe", "group": "recipe", "set": {"/recipe": "small"}},
            {"name": "side", "group": "macro", "side_branch": true, "set": {"/model/kernel_size": 5}},
            {"name": "gelu", "group": "micro", "set": {"/model/activation": "gelu"}}]})";

struct Folder {
  Folder()
      : experiment(resolve_experiment(config::parse_json(three_steps, "x.json"), "x.json")),
        ledger(folder.path()),
        design(design_variants(experiment, 10, 3)) {}
  /// What training would have written.
  void finish(size_t variant, int64_t seed, double top1) {
    const RunKey run{design.variants[variant].configuration, seed};
    make_folder(ledger.run_folder(run));
    write_file_atomically(ledger.run_folder(run) / "summary.json", config::Json{{"top1", top1}}.dump());
  }
  /// A line of what training would have timed.
  void time(size_t variant, int64_t seed, const config::Json& line) {
    config::append_json_line(ledger.run_folder({design.variants[variant].configuration, seed}) / "timing.jsonl", line);
  }
  Results built() const { return build_results(experiment, design, ledger); }
  /// As results.json has them.
  config::Json results() const { return write_result(built()); }

  tests::TemporaryFolder folder;
  Experiment experiment;
  Ledger ledger;
  DesignedExperiment design;
};

}  // namespace

TEST_CASE("Deltas are means over the seeds that both rows have", "[analysis]") {
  Folder f;
  f.finish(0, 0, 50);
  f.finish(0, 1, 60);
  f.finish(1, 1, 63);  // seed 0 is missing
  const config::Json results = f.results();
  CHECK(results["rows"][0]["top1"]["mean"] == 55.0);
  CHECK(results["rows"][0]["top1"]["std"].get<double>() == Approx(7.0710678));
  CHECK(results["rows"][1]["delta"]["mean"] == 3.0);
  CHECK(results["rows"][1]["delta"]["n"] == 1);
  CHECK(results["rows"][3]["delta"].is_null());
  CHECK(results["runs"] == 8);
  CHECK(results["done"] == 3);
}

TEST_CASE("Subtotals leave side branches out and part recipe from architecture", "[analysis]") {
  Folder f;
  for (int64_t seed : {0, 1}) {
    f.finish(0, seed, 50);
    f.finish(1, seed, 57);
    f.finish(2, seed, 99);
    f.finish(3, seed, 56);
  }
  const config::Json results = f.results();
  REQUIRE(results["subtotals"].size() == 2);
  CHECK(results["subtotals"][0]["group"] == "recipe");
  CHECK(results["subtotals"][0]["delta"] == 7.0);
  CHECK(results["subtotals"][1]["group"] == "micro");
  CHECK(results["subtotals"][1]["delta"] == -1.0);
  CHECK(results["recipe_and_architecture"][0]["delta"] == 7.0);
  CHECK(results["recipe_and_architecture"][1]["delta"] == -1.0);
}

TEST_CASE("A walk through recipes alone has no sum of architecture", "[analysis]") {
  Folder f;
  f.design.variants.resize(2);
  f.finish(0, 0, 50);
  f.finish(1, 0, 57);
  const config::Json sums = f.results()["recipe_and_architecture"];
  REQUIRE(sums.size() == 1);
  CHECK(sums[0]["group"] == "recipe");
}

TEST_CASE("Rows are compared by raw weights when one recipe has no average", "[analysis]") {
  Folder f;
  CHECK(f.results()["score"] == "top1");
  CHECK_THAT(f.results()["score_reason"].get<std::string>(), ContainsSubstring("base has no EMA"));
}

TEST_CASE("An experiment chooses the weights that its rows are compared by", "[analysis]") {
  for (const auto& [score, number, reason] :
       {std::tuple{"ema", "top1_ema", "every recipe has an average"}, {"raw", "top1", "the experiment says"}}) {
    tests::ScoredFolder folder(tests::four_steps("cumulative", {{"score", score}}));
    const config::Json results = write_result(folder.results([](size_t row, int64_t) { return 50.0 + row; }, -7));
    CHECK(results["score"] == number);
    CHECK_THAT(results["score_reason"].get<std::string>(), ContainsSubstring(reason));
    CHECK(results["rows"][1]["score"]["mean"] == (std::string(score) == "raw" ? 51.0 : 44.0));
  }
}

TEST_CASE("A failed run is shown with its reason", "[analysis]") {
  Folder f;
  f.ledger.record_failure({f.design.variants[1].configuration, 0}, "the loss is not finite at step 3");
  const config::Json results = f.results();
  CHECK(results["failed"] == 1);
  CHECK_THAT(report_markdown(f.built()), ContainsSubstring("- recipe, seed 0: the loss is not finite at step 3"));
  CHECK_THAT(report_terminal(f.built(), 120), ContainsSubstring("failed: recipe, seed 0"));
}

TEST_CASE("Two seeds are said to say next to nothing by their intervals, three are not", "[analysis]") {
  const auto text_of = [](const config::Json& seeds) {
    tests::ScoredFolder folder(tests::four_steps("cumulative", {{"seeds", seeds}}));
    return report_markdown(folder.results(
        [](size_t row, int64_t seed) { return 40.0 + static_cast<double>(row) + static_cast<double>(seed); }));
  };
  CHECK_THAT(text_of({0, 1}), ContainsSubstring("Two seeds leave one degree of freedom"));
  CHECK_THAT(text_of({0, 1, 2}), !ContainsSubstring("degree of freedom"));
}

TEST_CASE("Schedules that are too short for what they hold stand in the notes", "[analysis]") {
  const auto text_of = [](double warmup) {
    tests::ScoredFolder folder(tests::four_steps("cumulative", {{"override",
                                                                 {{"/recipe/warmup_epochs", warmup},
                                                                  {"/recipe/epochs", 2},
                                                                  {"/recipe/ema_warmup", false},
                                                                  {"/recipe/ema_decay", 0.9999}}}}));
    return report_markdown(folder.results([](size_t row, int64_t) { return 40.0 + static_cast<double>(row); }));
  };
  CHECK_THAT(text_of(2), ContainsSubstring("- /recipe/warmup_epochs 2.0 is all of the 2 in /recipe/epochs: ") &&
                             ContainsSubstring("- /recipe/ema_decay 0.9999 averages over 10,000 steps") &&
                             ContainsSubstring("(in all rows)"));
  CHECK_THAT(text_of(1), !ContainsSubstring("warmup_epochs"));
}

TEST_CASE("One seed is said to show no spread", "[analysis]") {
  Folder f;
  f.experiment.options.seeds = {0};
  f.finish(0, 0, 50);
  CHECK_THAT(report_markdown(f.built()), ContainsSubstring("one seed: no spread known"));
}

TEST_CASE("The answer in words comes first: what helps, what hurts, what is open and what would decide it",
          "[analysis]") {
  tests::ScoredFolder folder(tests::four_steps("cumulative", {{"seeds", {0, 1, 2}}}));
  const double gains[] = {0, 5, -4, 0.2, 0},
               noise[][3] = {{0, 0, 0}, {.1, -.1, 0}, {0, .1, .2}, {.4, -.5, .2}, {0, .3, 0}};
  const Results results = folder.results([&](size_t row, int64_t seed) {
    double score = 50;
    for (size_t i = 0; i <= row; ++i) score += gains[i];
    return score + noise[row][seed];
  });
  const std::string text = report_terminal(results, 120);
  CHECK_THAT(text, ContainsSubstring("Shown to help: gelu (+5.0 [+4."));
  CHECK_THAT(text, ContainsSubstring(".\nShown to hurt: layer (-3.9 [-"));
  CHECK_THAT(text, ContainsSubstring(".\nOpen: stem (") && ContainsSubstring("; so many seeds would show as much."));
  CHECK_THAT(text, ContainsSubstring("What 3 seeds can show here: differences from about "));
  CHECK(text.find("Shown to help") == 0);
  CHECK(report_markdown(results).find("# four\n\n**Shown to help: gelu") == 0);
}

TEST_CASE("One seed has no differences in any table, and is told what would have", "[analysis]") {
  tests::ScoredFolder folder(tests::four_steps("cumulative"));
  const std::string text =
      report_markdown(folder.results([](size_t row, int64_t) { return 50 + 3.0 * static_cast<double>(row); }));
  CHECK_THAT(text, ContainsSubstring("**One seed: which rows are better cannot be told"));
  CHECK_THAT(text, ContainsSubstring("| one seed |") && !ContainsSubstring("+3.0"));
}

TEST_CASE("Reports say by what method verdicts were reached, and what they refer to", "[analysis]") {
  const auto text_of = [](const config::Json& statistics) {
    tests::ScoredFolder folder(tests::four_steps("cumulative", {{"seeds", {0, 1, 2}}, {"statistics", statistics}}));
    return report_markdown(folder.results([](size_t row, int64_t seed) {
      return 40.0 + static_cast<double>(row) + static_cast<double>((seed * 7 + static_cast<int64_t>(row) * 5) % 11);
    }));
  };
  CHECK_THAT(text_of("moderated"), ContainsSubstring("Judged by moderated variances (Smyth 2004): the table lends"));
  CHECK_THAT(text_of("paired_t"), ContainsSubstring("Judged by Student's t of each difference's own seeds, as"));
  CHECK_THAT(text_of("moderated"), ContainsSubstring("Verdicts refer to these validation images alone, not to others "
                                                     "like them: 15 of 15 runs have no correct.bits"));
}

TEST_CASE("Images that a run classified correctly widen intervals by the choice of the images", "[analysis]") {
  tests::ScoredFolder folder(tests::four_steps("cumulative", {{"seeds", {0, 1, 2}}}));
  const auto score = [](size_t row, int64_t seed) {
    return 50.0 + static_cast<double>((seed + 3 * static_cast<int64_t>(row)) % 5);
  };
  const Results before = folder.results(score);
  for (size_t row = 0; row < folder.design.variants.size(); ++row)
    for (const int64_t seed : {0, 1, 2}) {
      config::ImageOutcomes outcomes{"set", std::vector<bool>(100), std::vector<bool>(100)};
      for (size_t i = 0; i < 100; ++i) outcomes.average->at(i) = (i * (row + 3)) % 7 < 4;
      write_file_atomically(
          folder.ledger.run_folder({folder.design.variants[row].configuration, seed}) / "correct.bits",
          config::write_image_outcomes(outcomes));
    }
  const Results after = folder.results(score);
  CHECK(after.validation_images.used);
  CHECK(after.validation_images.images_error > 1);
  CHECK(*after.rows[1].delta->difference->std_error > *before.rows[1].delta->difference->std_error);
  CHECK_THAT(report_markdown(after), ContainsSubstring("Verdicts refer to images like the 100 of the validation set"));
  write_file_atomically(folder.ledger.run_folder({folder.design.variants[0].configuration, 0}) / "correct.bits", "x");
  const Results damaged = folder.results(score);
  CHECK_FALSE(damaged.validation_images.used);
  CHECK_THAT(report_markdown(damaged), ContainsSubstring("correct.bits: is damaged"));
}

TEST_CASE("CSV quotes what holds commas and quotes", "[analysis]") {
  Folder f;
  const std::string csv = report_csv(f.built());
  CHECK_THAT(csv, ContainsSubstring("\"/model/activation: \"\"relu\"\" -> \"\"gelu\"\"\""));
}

TEST_CASE("A damaged line of a run's logs costs that line alone and is named in the results and the report",
          "[analysis]") {
  Folder f;
  f.finish(0, 0, 50);
  const auto run = f.ledger.run_folder({f.design.variants[0].configuration, 0});
  write_file_atomically(run / "timing.jsonl",
                        "{\"train_images\": 300, \"train_seconds\": 2}\n{\"train_images\": 100, \"tra");
  write_file_atomically(run / "metrics.jsonl", "{\"epoch\": 1}\nnothing\n");
  const config::Json results = f.results();
  CHECK(results["rows"][0]["images_per_second"] == 150.0);
  const std::string place = "runs/" + run.filename().string();
  CHECK(results["warnings"] == config::Json({place + "/metrics.jsonl: line 2 is damaged and was left out",
                                             place + "/timing.jsonl: line 2 is damaged and was left out"}));
  CHECK_THAT(report_markdown(f.built()), ContainsSubstring("- Warning: " + place + "/timing.jsonl: line 2 is damaged"));
}

TEST_CASE("A number of a log that is no number counts as none", "[analysis]") {
  Folder f;
  f.finish(0, 0, 50);
  const auto run = f.ledger.run_folder({f.design.variants[0].configuration, 0});
  write_file_atomically(run / "timing.jsonl", "{\"train_images\": \"many\", \"train_seconds\": null}\n");
  CHECK_FALSE(f.results()["rows"][0].contains("images_per_second"));
}

TEST_CASE("A row's latency is the least of its seeds, of each the last that was measured", "[analysis]") {
  Folder f;
  f.experiment.options.seeds = {0, 1, 2};
  const double measured[] = {5.0, 40.0, 3.0};
  for (const int64_t seed : {0, 1, 2}) {
    f.finish(0, seed, 50);
    f.time(0, seed, {{"latency_ms", 1}});
    f.time(0, seed, {{"latency_ms", measured[seed]}, {"latency_threads", 1}});
  }
  f.finish(1, 0, 50);
  const config::Json results = f.results();
  CHECK(results["rows"][0]["latency_ms"] == 3.0);
  CHECK(results["rows"][0]["seeds"][1]["latency_ms"] == 40.0);
  CHECK(results["rows"][1]["latency_ms"].is_null());
  CHECK_THAT(report_markdown(f.built()), ContainsSubstring("| latency (ms) |") && ContainsSubstring("| 3.00 |"));
  CHECK_THAT(report_csv(f.built()), ContainsSubstring(",verdict,latency_ms,bad_images,bad_val_images\nbase,") &&
                                        ContainsSubstring(",3.0,,\n"));
}

TEST_CASE("Seeds that took more than twice a row's latency are named, and how it was measured", "[analysis]") {
  Folder f;
  f.experiment.options.seeds = {0, 1, 2};
  const double measured[] = {1.63, 13.56, 3.26};
  for (const int64_t seed : {0, 1, 2}) {
    f.finish(0, seed, 50);
    f.time(0, seed, {{"latency_ms", measured[seed]}, {"latency_threads", 1}});
  }
  CHECK(f.results()["rows"][0]["latency_outliers"] == config::Json({1}));
  const std::string text = report_markdown(f.built());
  CHECK_THAT(text, ContainsSubstring("- Latency outliers, over twice the shortest of their row, as on a busy machine: "
                                     "base seed 1 (13.56 ms)\n"));
  CHECK_THAT(text, ContainsSubstring("network, the shortest of up to 100 passes, on 1 thread of the CPU"));
  CHECK_THAT(text, !ContainsSubstring("runs of earlier versions"));
  f.time(0, 1, {{"latency_ms", 2.0}});
  CHECK_FALSE(f.results()["rows"][0].contains("latency_outliers"));
  CHECK_THAT(report_markdown(f.built()), ContainsSubstring("in runs of earlier versions the median of their passes"));
}

TEST_CASE("A report of runs without a measured latency has no column for it", "[analysis]") {
  Folder f;
  f.finish(0, 0, 50);
  CHECK_THAT(report_markdown(f.built()), !ContainsSubstring("latency"));
}

TEST_CASE("A damaged summary costs its run, which is named and not done", "[analysis]") {
  Folder f;
  for (const char* content : {"{\"top1\": 5", "[1]", ""}) {
    f.finish(0, 0, 50);
    f.finish(0, 1, 60);
    const auto run = f.ledger.run_folder({f.design.variants[0].configuration, 0});
    write_file_atomically(run / "summary.json", content);
    const config::Json results = f.results();
    CHECK(results["done"] == 1);
    CHECK(results["rows"][0]["seeds"][0]["status"] == "missing");
    CHECK(results["rows"][0]["top1"]["mean"] == 60.0);
    REQUIRE(results["warnings"].size() == 1);
    CHECK_THAT(results["warnings"][0].get<std::string>(),
               ContainsSubstring("runs/" + run.filename().string() + "/summary.json: is damaged") &&
                   ContainsSubstring("its run counts as not done"));
  }
}

TEST_CASE("A damaged failure.json costs no more than its reason", "[analysis]") {
  Folder f;
  const RunKey run{f.design.variants[1].configuration, 0};
  make_folder(f.ledger.run_folder(run));
  write_file_atomically(f.ledger.run_folder(run) / "failure.json", "{");
  CHECK(f.results()["failed"] == 1);
}

TEST_CASE("Images that could not be decoded are counted where there are any", "[analysis]") {
  Folder f;
  f.finish(0, 0, 50);
  CHECK_THAT(report_markdown(f.built()), !ContainsSubstring("damaged images"));
  const auto run = f.ledger.run_folder({f.design.variants[0].configuration, 0});
  write_file_atomically(run / "summary.json", R"({"top1": 50, "bad_images": 12, "bad_val_images": 3})");
  CHECK_THAT(report_markdown(f.built()),
             ContainsSubstring("| damaged images |") && ContainsSubstring("| training 12, validation 3 |"));
}

}  // namespace results_test
