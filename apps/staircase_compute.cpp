#include <ATen/Parallel.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>

#include "program.h"
#include "staircase/nn/matrix_library.h"
#include "staircase/nn/memory.h"

namespace {

/// Begins anew, once, where OpenBLAS took this processor for a much older one. Whoever sets OPENBLAS_CORETYPE decides.
void let_openblas_know_the_processor(char** argv) {
  if (std::getenv("OPENBLAS_CORETYPE")) return;
  const std::string better = staircase::nn::better_core_type_here();
  if (better.empty()) return;
  ::setenv("OPENBLAS_CORETYPE", better.c_str(), 0);
  ::execv("/proc/self/exe", argv);
  // A process that cannot begin anew goes on as it is: slower, with the same answers.
}

}  // namespace

/// What `staircase` becomes for the commands that compute.
int main(int argc, char** argv) {
  let_openblas_know_the_processor(argv);
  staircase::nn::keep_freed_memory();
  // LibTorch's own choice is one thread a physical core, whatever this process may use.
  if (!std::getenv("OMP_NUM_THREADS"))
    at::set_num_threads(static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  using namespace staircase::apps;  // NOLINT: the program itself
  return run_program(Words(argv + 1, argv + argc), computing_here());
}
