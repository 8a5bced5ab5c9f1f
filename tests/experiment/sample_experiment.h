#pragma once

#include <cmath>
#include <functional>

#include "staircase/analysis/results.h"
#include "staircase/base/files.h"

namespace staircase::tests {

/// What row number `index` reaches with a seed.
using SampleScore = std::function<double(const experiment::Variant& variant, size_t index, int64_t seed)>;

/// A hundredth to half a point that looks like chance and is the same every time.
inline double sample_noise(size_t index, int64_t seed) {
  return 0.1 * (static_cast<double>((index * 13 + static_cast<size_t>(seed) * (7 + index)) % 11) - 5);
}

/// Writes what training leaves of one run, over ten epochs.
inline void write_sample_run(const std::filesystem::path& folder, double top1, double milliseconds) {
  using config::Json;
  make_folder(folder);
  std::string metrics, timing;
  Json line;
  for (int epoch = 1; epoch <= 10; ++epoch) {
    const double learned = 1 - std::exp(-epoch / 2.5);
    line = {{"epoch", epoch},
            {"train_loss", 2.3 - learned * top1 / 60},
            {"top1", 10 + (top1 - 10) * learned / (1 - std::exp(-4.0))}};
    metrics += line.dump() + "\n";
    timing += Json{{"epoch", epoch},
                   {"train_seconds", milliseconds},
                   {"train_images", 1000},
                   {"eval_seconds", 0.5},
                   {"peak_memory_mb", 267.4}}
                  .dump() +
              "\n";
  }
  timing += config::Json{{"latency_ms", 0.8 * milliseconds}, {"latency_runs", 30}}.dump() + "\n";
  line["params"] = 1000;
  write_file_atomically(folder / "metrics.jsonl", metrics);
  write_file_atomically(folder / "timing.jsonl", timing);
  write_file_atomically(folder / "summary.json", line.dump());
  write_file_atomically(folder / "config.json", Json{{"configuration", {{"model", "as trained"}}},
                                                     {"seed", 0},
                                                     {"threads", 2},
                                                     {"device", "cpu"},
                                                     {"staircase", {{"version", "0.1.0"}, {"revision", "abc1234"}}},
                                                     {"libtorch", "1.13.0"},
                                                     {"compiler", "GCC 12.2.0"},
                                                     {"machine", "a machine, 2 cores, 23 GB"}}
                                                    .dump());
}

/// A folder of results as training would have left it, with numbers from a formula.
inline void write_sample(const std::filesystem::path& folder, const std::string& content, const SampleScore& score) {
  const experiment::Experiment experiment =
      experiment::resolve_experiment(config::parse_json(content, "sample.json"), "sample.json");
  const experiment::DesignedExperiment design = experiment::design_variants(experiment, 10, 3);
  const runs::Ledger ledger(folder);
  make_folder(folder);
  ledger.write_experiment_file(experiment, {10, 3});
  for (size_t i = 0; i < design.variants.size(); ++i)
    for (int64_t seed : experiment.options.seeds)
      write_sample_run(ledger.run_folder({design.variants[i].configuration, seed}), score(design.variants[i], i, seed),
                       4 + 0.3 * static_cast<double>(i % 5));
}

/// The whole ladder, compared by raw weights.
inline std::string sample_ladder(const std::string& name, const std::string& seeds) {
  return R"({"name": ")" + name +
         R"(", "description": "Numbers from a formula: they mean nothing.", "kind": "ablation",
    "ladder": "resnet50-convnext_tiny", "base": {"data": {"kind": "shapes"}}, "seeds": )" +
         seeds + "}";
}

inline std::string sample_grid() {
  return R"({"name": "grid", "kind": "ablation", "design": "grid", "seeds": [0, 1],
    "base": {"model": "resnet50", "recipe": {"from": "small", "batch_size": 256, "ema_decay": 0}, "data": {"kind": "shapes"}},
    "steps": [{"name": "layer", "set": {"/model/norm": "layer"}}, {"name": "batch_32", "set": {"/recipe/batch_size": 32}},
              {"name": "batch_4", "set": {"/recipe/batch_size": 4}}]})";
}

/// A difference of three seeds.
inline analysis::Worth sample_worth(double mean, std::optional<analysis::Interval> interval,
                                    std::optional<analysis::Verdict> verdict) {
  analysis::Difference difference;
  difference.mean = mean;
  difference.interval = interval;
  difference.verdict = verdict;
  return {difference};
}

/// What designs with interactions add to results, with names that try to break out of the page.
inline void add_sample_effects(analysis::Results& results) {
  using analysis::Verdict;
  const std::string hostile = "gelu </script><b>";
  results.name = "a </script><script>alert(1)</script> name";
  results.description = "<img src=x onerror=alert(1)> & \"quotes\"";
  results.design = config::Design::pairwise;
  results.worth.effects =
      std::vector<analysis::Effect>{{hostile, "", {}, sample_worth(1.25, {{0.4, 2.1}}, Verdict::higher), {}},
                                    {"kernel_7", "", {}, sample_worth(-0.3, {{-1.1, 0.5}}, Verdict::not_shown), {}},
                                    {"layer_norm", "", {}, sample_worth(0.4, {}, {}), {}}};
  results.worth.interactions = std::vector<analysis::Interaction>{
      {hostile, "kernel_7", sample_worth(0.8, {{0.1, 1.5}}, Verdict::higher), {}},
      {hostile, "layer_norm", sample_worth(-0.6, {}, {}), {}},
      {"kernel_7", "layer_norm", sample_worth(0.1, {{-0.5, 0.7}}, Verdict::not_shown), {}}};
}

}  // namespace staircase::tests
