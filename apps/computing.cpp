#include "program.h"
#include "staircase/execution/failure_sentence.h"

namespace staircase::apps {
namespace {

constexpr struct {
  const char* name;
  int (*run)(const Words& words);
} commands[] = {{"run", run_run},
                {"plan", run_plan},
                {"preview", run_preview},
                {"eval", run_eval},
                {"predict", run_predict},
                {"convert", run_convert},
                {"export", run_export},
                {"bench", run_bench},
                {"pack", run_pack},
                {"worker", run_worker},
                {"init", run_init},
                {"manual", run_manual},
                {"completion", run_completion}};

int run(const Words& words) {
  for (const auto& command : commands)
    if (words.at(0) == command.name) return command.run(Words(words.begin() + 1, words.end()));
  throw std::logic_error(words[0] + ": is no command that computes");
}

}  // namespace

ComputingHalf computing_here() { return {run, execution::failure_sentence}; }

}  // namespace staircase::apps
