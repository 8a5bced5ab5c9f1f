#pragma once

#include <string>
#include <vector>

namespace staircase::apps {

using Words = std::vector<std::string>;

/// One subcommand: takes the words after its name, returns the exit status.
struct Command {
  const char* name;
  const char* summary;
  int (*run)(const Words& words);
};

int run_models(const Words& words);
int run_describe(const Words& words);
int run_ladder(const Words& words);
int run_path(const Words& words);
int run_diff(const Words& words);
int run_run(const Words& words);
int run_status(const Words& words);
int run_list(const Words& words);
int run_clean(const Words& words);
int run_worker(const Words& words);
int run_eval(const Words& words);
int run_predict(const Words& words);
int run_convert(const Words& words);
int run_export(const Words& words);
int run_bench(const Words& words);
int run_report(const Words& words);
int run_pack(const Words& words);
int run_init(const Words& words);
int run_preview(const Words& words);
int run_plan(const Words& words);
int run_schema(const Words& words);
int run_completion(const Words& words);
int run_manual(const Words& words);

}  // namespace staircase::apps
