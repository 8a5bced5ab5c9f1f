#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "program.h"
#include "staircase/nn/memory.h"

/// What `staircase` becomes for the commands that compute.
int main(int argc, char** argv) {
  staircase::nn::keep_freed_memory();
  // LibTorch's own choice is one thread a physical core, whatever this process may use.
  if (!std::getenv("OMP_NUM_THREADS"))
    at::set_num_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  using namespace staircase::apps;  // NOLINT: the program itself
  return run_program(Words(argv + 1, argv + argc), computing_here());
}
