#include "staircase/base/child_process.h"

#include <poll.h>
#include <signal.h>

#include "support/catch.h"

namespace child_process_test {

using namespace staircase;

namespace {

ChildProcess shell(const std::string& script) { return ChildProcess({"/bin/sh", "-c", script}); }

/// Everything that the process says until it closes its output.
std::vector<std::string> all_lines(ChildProcess& process) {
  std::vector<std::string> lines;
  while (process.read_lines(lines)) {
    pollfd news{process.output(), POLLIN, 0};
    ::poll(&news, 1, 1000);
  }
  return lines;
}

}  // namespace

TEST_CASE("The lines of a process arrive whole and in order, however they were written", "[base]") {
  ChildProcess process = shell("printf 'one\\ntw'; sleep 0.05; printf 'o\\n\\nthree\\nunfinished'");
  CHECK(all_lines(process) == std::vector<std::string>{"one", "two", "", "three"});
  CHECK(process.wait() == 0);
}

TEST_CASE("A process's end is its exit status or the signal that killed it", "[base]") {
  CHECK(shell("exit 7").wait() == 7);
  CHECK(shell("kill -9 $$").wait() == -SIGKILL);
  ChildProcess process = shell("sleep 60");
  process.send(SIGTERM);
  CHECK(process.wait() == -SIGTERM);
}

TEST_CASE("A process has nothing to read and a process group of its own", "[base]") {
  ChildProcess process = shell("cat; ps -o pgid= -p $$ | tr -d ' '; echo $$");
  const auto lines = all_lines(process);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == lines[1]);
  CHECK(process.wait() == 0);
}

TEST_CASE("A program that is not there is an error that names it", "[base]") {
  CHECK_THROWS_WITH(ChildProcess({"/no/such/program"}),
                    ContainsSubstring("/no/such/program: cannot be started: No such file"));
}

}  // namespace child_process_test
