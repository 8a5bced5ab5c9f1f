#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace staircase {

/// A program that runs beside this one and tells of its work in lines on its standard output. Its
/// standard input is empty, its standard error is this program's, and a terminal's signals pass it by.
/// Where memory runs out the system ends it before this program.
class ChildProcess {
 public:
  /// `command`: the program's path and its arguments.
  /// Throws std::runtime_error naming the program and the reason when it cannot be started.
  explicit ChildProcess(const std::vector<std::string>& command);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Asks it to end if it still runs, and waits.
  ~ChildProcess();

  /// A descriptor to poll() for lines.
  int output() const { return output_; }

  /// Appends the whole lines that have come since, without waiting for more. False: it has closed its output.
  bool read_lines(std::vector<std::string>& lines);

  void send(int signal) const;

  /// Waits for its end: the exit status, or minus the number of the signal that killed it.
  int wait();

 private:
  pid_t process_ = -1;
  int output_ = -1;
  std::string unfinished_line_;
};

}  // namespace staircase
