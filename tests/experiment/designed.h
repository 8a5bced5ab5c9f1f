#pragma once

#include "staircase/analysis/results.h"
#include "staircase/base/files.h"
#include "support/temporary_folder.h"

namespace staircase::tests {

/// Four steps of which none needs another. `extra`: more keys of the experiment.
inline config::Json four_steps(const std::string& design, const config::Json& extra = config::Json::object()) {
  const config::Json content = {
      {"name", "four"},
      {"kind", "ablation"},
      {"design", design},
      {"base", {{"model", {{"width_factor", 0.1}}}, {"recipe", "small"}, {"data", {{"kind", "shapes"}}}}},
      {"steps",
       {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}},
        {{"name", "layer"}, {"set", {{"/model/norm", "layer"}}}},
        {{"name", "stem"}, {"set", {{"/model/stem", "patchify4"}}}},
        {{"name", "no_mixing"}, {"set", {{"/recipe/mixup_alpha", 0}}}}}}};
  return config::merge_json(content, extra);
}

/// The same with "requires" of one step.
inline config::Json with_requires(config::Json content, size_t step, const std::vector<std::string>& names) {
  content["steps"][step]["requires"] = names;
  return content;
}

inline experiment::DesignedExperiment design_of(const config::Json& content) {
  return experiment::design_variants(experiment::resolve_experiment(content, "x.json"), 10, 3);
}

inline std::vector<std::string> row_names(const experiment::DesignedExperiment& design) {
  std::vector<std::string> names;
  for (const experiment::Variant& variant : design.variants) names.push_back(variant.name);
  return names;
}

/// An experiment whose runs are written by a function of the steps that are on, instead of by training.
struct ScoredFolder {
  explicit ScoredFolder(const config::Json& content)
      : experiment(experiment::resolve_experiment(content, "x.json")),
        ledger(folder.path()),
        design(experiment::design_variants(experiment, 10, 3)) {}

  /// score(): of the task's primary number. `average_above_raw`: points that the averaged weights reach more.
  template <class Score>
  analysis::Results results(Score score, double average_above_raw = 0) {
    for (int64_t seed : experiment.options.seeds)
      for (size_t i = 0; i < design.variants.size(); ++i) {
        const experiment::Variant& variant = design.variants[i];
        const runs::RunKey run{variant.configuration, seed};
        make_folder(ledger.run_folder(run));
        const config::TaskMetrics& task = config::metrics_of(variant.configuration.recipe.task);
        const std::string name(task.primary_metric().name);
        const double number = score(variant.subset.value_or(i), seed);
        write_file_atomically(ledger.run_folder(run) / "summary.json",
                              config::Json{{name, number}, {name + "_ema", number + average_above_raw}}.dump());
      }
    return analysis::build_results(experiment, design, ledger);
  }

  TemporaryFolder folder;
  experiment::Experiment experiment;
  runs::Ledger ledger;
  experiment::DesignedExperiment design;
};

}  // namespace staircase::tests
