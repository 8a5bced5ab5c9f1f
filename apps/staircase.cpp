#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "program.h"

namespace {

namespace fs = std::filesystem;
using staircase::apps::Words;

/// Beside this program in a build, under libexec where it is installed.
fs::path computing_program() {
  const fs::path here = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path beside = here / "staircase-compute";
  return fs::exists(beside) ? beside : (here / STAIRCASE_LIBEXEC / "staircase-compute").lexically_normal();
}

/// OpenMP's threads spin while they wait, and beside loader threads or another program a spinning
/// thread holds the core that the one it waits for needs: one epoch took 12 times as long. They sleep
/// instead, unless the user's environment decides. The library reads it before main.
void let_waiting_threads_sleep(const Words& words) {
  const bool computes = words[0] == "run" || words[0] == "plan" || words[0] == "eval";
  if (computes && !std::getenv("GOMP_SPINCOUNT")) ::setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
}

/// This process becomes the half of the program that computes.
int compute(const Words& words) {
  let_waiting_threads_sleep(words);
  const fs::path program = computing_program();
  std::string name = "staircase";
  Words copy = words;
  std::vector<char*> arguments{name.data()};
  for (std::string& word : copy) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  throw std::runtime_error(program.string() + ": cannot be started: " + std::strerror(errno));
}

std::string failure_sentence() {
  try {
    throw;
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "an error of an unknown kind";
  }
}

}  // namespace

int main(int argc, char** argv) {
  return staircase::apps::run_program(Words(argv + 1, argv + argc), {compute, failure_sentence});
}
