#pragma once

#include "staircase/base/files.h"
#include "staircase/runs/ledger.h"
#include "staircase/runs/status.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace staircase::tests {

/// A folder with one configuration and four seeds, in which nothing has been trained.
struct UntrainedFolder {
  UntrainedFolder() : ledger(path()) {
    config::Configuration c = small_configuration();
    const experiment::Experiment written = experiment::resolve_experiment({{"name", "x"},
                                                                           {"kind", "single"},
                                                                           {"threads", 1},
                                                                           {"seeds", {0, 1, 2, 3}},
                                                                           {"base", config::write_configuration(c)}},
                                                                          "x.json");
    ledger.write_experiment_file(written, {10, 3});
    keys = runs::list_runs(experiment::design_variants(written, 10, 3), written.options.seeds, ledger);
  }

  void write(size_t run, const std::string& file, const std::string& content) const {
    const std::filesystem::path path = ledger.run_folder(keys[run]) / file;
    make_folder(path.parent_path());
    write_file_atomically(path, content);
  }

  void finish(size_t run, double seconds) const {
    write(run, "summary.json", "{}");
    write(run, "timing.jsonl",
          config::Json{{"train_images", 80}, {"train_seconds", seconds}, {"eval_seconds", 0}}.dump() + "\n");
  }

  std::filesystem::path path() const { return temporary / "out"; }
  runs::ExperimentStatus read() const { return runs::read_status(path()); }

  TemporaryFolder temporary;
  runs::Ledger ledger;
  std::vector<runs::RunKey> keys;
};

}  // namespace staircase::tests
