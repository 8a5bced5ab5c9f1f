#include "staircase/base/build_info.h"

#include <sys/sysinfo.h>

#include <fstream>
#include <thread>

#include "staircase/base/revision.h"

namespace staircase {

BuildInfo build_info() {
#if defined(__clang__)
  const std::string compiler = "Clang " __clang_version__;
#else
  const std::string compiler = "GCC " __VERSION__;
#endif
  return {STAIRCASE_VERSION, STAIRCASE_REVISION, compiler};
}

std::string machine_description() {
  std::string processor = "unknown processor";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);)
    if (line.starts_with("model name")) {
      processor = line.substr(line.find(':') + 2);
      break;
    }
  struct sysinfo info {};
  sysinfo(&info);
  const auto gigabytes = static_cast<unsigned long long>(info.totalram) * info.mem_unit >> 30;
  return processor + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         std::to_string(gigabytes) + " GB";
}

}  // namespace staircase
