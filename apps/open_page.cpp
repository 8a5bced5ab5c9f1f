#include "open_page.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace staircase::apps {
namespace {

/// What it prints must not come between the lines of results.
int wait_for(const std::string& program, const std::string& page) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  std::string name = program, place = page;
  char* const words[] = {name.data(), place.data(), nullptr};
  pid_t process = -1;
  const int error = ::posix_spawnp(&process, program.c_str(), &files, nullptr, words, environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::runtime_error(page + ": cannot be opened: " + program + ": " + std::strerror(error));
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

void open_page(const std::filesystem::path& page) {
  const char* const wanted = std::getenv("BROWSER");
  const std::string program = wanted && *wanted ? wanted : "xdg-open";
  if (const int status = wait_for(program, page.string()); status != 0)
    throw std::runtime_error(page.string() + ": cannot be opened: " + program + " ended with status " +
                             std::to_string(status));
}

}  // namespace staircase::apps
