#include "staircase/base/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace staircase {
namespace {

/// The settings of posix_spawn, given back when they are no longer needed.
struct SpawnSettings {
  SpawnSettings() {
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

[[noreturn]] void fail(const std::string& program, int error) {
  throw std::runtime_error(program + ": cannot be started: " + std::strerror(error));
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail(command.at(0), errno);
  output_ = ends[0];
  SpawnSettings settings;
  posix_spawn_file_actions_addopen(&settings.files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&settings.files, ends[1], STDOUT_FILENO);
  posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETPGROUP);  // a group of its own
  posix_spawnattr_setpgroup(&settings.attributes, 0);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));  // as exec wants it
  arguments.push_back(nullptr);
  const int error =
      ::posix_spawn(&process_, command[0].c_str(), &settings.files, &settings.attributes, arguments.data(), environ);
  ::close(ends[1]);
  if (error != 0) {
    ::close(output_);
    fail(command[0], error);
  }
  ::fcntl(output_, F_SETFL, O_NONBLOCK);
  // Where memory runs out the system ends it, and not the program that can say so.
  std::ofstream("/proc/" + std::to_string(process_) + "/oom_score_adj") << 500;
}

ChildProcess::~ChildProcess() {
  ::close(output_);  // one that waits for a reader goes on
  send(SIGTERM);
  if (process_ > 0) wait();
}

bool ChildProcess::read_lines(std::vector<std::string>& lines) {
  char bytes[4096];
  while (true) {
    const ssize_t count = ::read(output_, bytes, sizeof bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    unfinished_line_.append(bytes, static_cast<size_t>(count));
    for (size_t end = 0; (end = unfinished_line_.find('\n')) != std::string::npos; unfinished_line_.erase(0, end + 1))
      lines.push_back(unfinished_line_.substr(0, end));
  }
}

void ChildProcess::send(int signal) const {
  if (process_ > 0) ::kill(process_, signal);
}

int ChildProcess::wait() {
  int status = 0;
  pid_t ended = 0;
  do ended = ::waitpid(process_, &status, 0);
  while (ended < 0 && errno == EINTR);
  process_ = -1;
  const int unknown = 255;  // somebody else has waited for it
  if (ended < 0) return unknown;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace staircase
