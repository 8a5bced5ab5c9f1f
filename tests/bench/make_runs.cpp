// Writes a folder of results as training would have left it, with numbers from a formula, for measuring report and
// status: 1,000 runs of 300 epochs, or those of an experiment.
//   make_runs FOLDER [EXPERIMENT.json]         default: a grid of 200 configurations
#include <cmath>
#include <fstream>
#include <iostream>

#include "staircase/base/files.h"
#include "staircase/runs/ledger.h"

using namespace staircase;

namespace {

using config::Json;

/// A grid of 20 learning rates and 10 weight decays.
Json grid() {
  Json steps = Json::array();
  for (int64_t i = 1; i < 20; ++i)
    steps.push_back({{"name", "rate_" + std::to_string(i)},
                     {"set", {{"/recipe/learning_rate", 0.001 * (1 + static_cast<double>(i) / 100)}}}});
  for (int64_t i = 1; i < 10; ++i)
    steps.push_back({{"name", "decay_" + std::to_string(i)},
                     {"set", {{"/recipe/weight_decay", 0.05 + 0.01 * static_cast<double>(i)}}}});
  return Json{{"name", "many"},
              {"kind", "ablation"},
              {"design", "grid"},
              {"max_configurations", 100000},
              {"seeds", {0, 1, 2, 3, 4}},
              {"threads", 1},
              {"base",
               {{"model", {{"width_factor", 0.1}}},
                {"recipe", {{"from", "small"}, {"epochs", 300}}},
                {"data", {{"kind", "shapes"}}}}},
              {"steps", steps}};
}

/// The lines as the trainer writes them.
void write_logs(const std::filesystem::path& folder, int64_t epochs, double last, uint64_t run) {
  std::string metrics, timing;
  for (int64_t epoch = 1; epoch <= epochs; ++epoch) {
    const double learned = 1 - std::exp(-6.0 * static_cast<double>(epoch) / static_cast<double>(epochs));
    const double wave = std::sin(static_cast<double>(epoch) * 0.7 + static_cast<double>(run));
    const double top1 = 10 + (last - 10) * learned + wave / 3;
    metrics += Json{{"epoch", epoch},
                    {"step", epoch * 64},
                    {"train_loss", 2.3 - learned * last / 60 + wave / 90},
                    {"learning_rate", 0.001 * (1 - learned)},
                    {"loss", 2.2 - learned * last / 55},
                    {"top1", top1},
                    {"top5", 50 + top1 / 2},
                    {"loss_ema", 2.25 - learned * last / 55},
                    {"top1_ema", top1 + 0.1},
                    {"top5_ema", 50.1 + top1 / 2}}
                   .dump() +
               "\n";
    timing += Json{{"epoch", epoch},
                   {"train_seconds", 4.123456789 + wave},
                   {"train_images", 4096},
                   {"images_per_second", 4096 / (4.123456789 + wave)},
                   {"eval_seconds", 0.512345678},
                   {"peak_memory_mb", 267.4}}
                  .dump() +
              "\n";
  }
  timing += Json{{"latency_ms", 3.2}, {"latency_runs", 30}}.dump() + "\n";
  std::ofstream(folder / "metrics.jsonl") << metrics;  // a flush to the disk a file would take minutes
  std::ofstream(folder / "timing.jsonl") << timing;
}

void write_run(const std::filesystem::path& folder, const runs::RunKey& run, int64_t epochs, uint64_t number) {
  make_folder(folder);
  const double last = 60 + static_cast<double>(number % 97) / 10;
  write_logs(folder, epochs, last, number);
  std::ofstream(folder / "summary.json") << Json{{"epochs", epochs}, {"steps", epochs * 64},
                                                 {"top1", last},     {"top5", 50 + last / 2},
                                                 {"loss", 1.1},      {"top1_ema", last + 0.1},
                                                 {"top5_ema", 50.1}, {"loss_ema", 1.09},
                                                 {"params", 1000},   {"macs", 100000},
                                                 {"bad_images", 0}}
                                                .dump(2);
  std::ofstream(folder / "config.json") << Json{
      {"configuration", config::write_configuration(run.configuration)},
      {"seed", run.seed},
      {"threads", 1},
      {"device", "cpu"},
      {"classes", std::vector<std::string>(10, "a class")},
      {"staircase", {{"version", "0.1.0"}, {"revision", "abc1234"}}},
      {"libtorch", "1.13.0"},
      {"compiler", "GCC 12.2.0"},
      {"machine", "a machine, 2 cores, 23 GB"}}.dump(2);
}

void write_folder(const std::filesystem::path& folder, const experiment::Experiment& experiment) {
  const runs::Ledger ledger(folder);
  ledger.write_experiment_file(experiment, {10, 3});
  uint64_t number = 0;
  for (const runs::RunKey& run :
       runs::list_runs(experiment::design_variants(experiment, 10, 3), experiment.options.seeds, ledger))
    write_run(ledger.run_folder(run), run, run.configuration.recipe.epochs, number++);
  std::cout << number << " runs in " << folder.string() << "\n";
}

}  // namespace

int main(int count, char** words) {
  if (count != 2 && count != 3) {
    std::cerr << "usage: make_runs FOLDER [EXPERIMENT.json]\n";
    return 2;
  }
  try {
    write_folder(words[1], count == 3 ? experiment::read_experiment(words[2])
                                      : experiment::resolve_experiment(grid(), "grid of make_runs"));
  } catch (const std::exception& error) {
    std::cerr << "make_runs: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
