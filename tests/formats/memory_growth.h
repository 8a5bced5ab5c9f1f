#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace staircase::tests {

/// The largest virtual size that this process has had, in bytes; mappings count in full.
inline int64_t peak_virtual_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmPeak:")) return std::stoll(line.substr(7)) * 1024;
  return 0;
}

/// By how much the virtual size of a process grows at most while it runs `work`. In a child, whose
/// peak starts at what it inherits. Negative when the child failed.
template <class Work>
int64_t memory_growth(Work work) {
  int ends[2];
  if (::pipe(ends) != 0) return -1;
  const pid_t child = ::fork();
  if (child == 0) {
    const int64_t before = peak_virtual_bytes();
    work();
    const int64_t growth = peak_virtual_bytes() - before;
    const bool told = ::write(ends[1], &growth, sizeof growth) == sizeof growth;
    ::_exit(told ? 0 : 1);
  }
  ::close(ends[1]);
  int64_t growth = -1;
  if (::read(ends[0], &growth, sizeof growth) != sizeof growth) growth = -1;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return growth;
}

}  // namespace staircase::tests
