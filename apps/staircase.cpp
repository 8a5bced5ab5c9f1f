#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "program.h"

namespace {

using staircase::apps::Words;

/// OpenMP's threads spin while they wait, and beside loader threads or another program a spinning
/// thread holds the core that the one it waits for needs: one epoch took 12 times as long. They sleep
/// instead, unless the user's environment decides. The library reads it before main, hence the new start.
void let_waiting_threads_sleep(const Words& words, char** argv) {
  const bool computes = !words.empty() && (words[0] == "run" || words[0] == "eval");
  if (!computes || std::getenv("OMP_WAIT_POLICY") || std::getenv("GOMP_SPINCOUNT")) return;
  ::setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
  ::execv("/proc/self/exe", argv);  // comes back only where that is impossible, and then nothing is lost
}

/// LibTorch's own choice is one thread a physical core, whatever this process may use.
void use_all_cores() {
  if (!std::getenv("OMP_NUM_THREADS"))
    at::set_num_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
}

}  // namespace

int main(int argc, char** argv) {
  const Words words(argv + 1, argv + argc);
  let_waiting_threads_sleep(words, argv);
  use_all_cores();
  return staircase::apps::run_program(words);
}
