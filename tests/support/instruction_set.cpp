// STAIRCASE_TEST_INSTRUCTION_SET=avx2|sse4: the kernels of the whole program, as on a machine that has no wider one.
#include <cstdlib>
#include <iostream>
#include <string>

#include <hwy/targets.h>

#include "support/catch.h"

namespace {

std::string wanted() {
  const char* value = std::getenv("STAIRCASE_TEST_INSTRUCTION_SET");
  return value ? value : "";
}

/// The widest that is allowed; bits of wider ones are lower. 0: any.
int64_t widest() {
  const std::string name = wanted();
  if (name.empty()) return 0;
#if HWY_ARCH_X86
  if (name == "avx2") return HWY_AVX2;
  if (name == "sse4") return HWY_SSE4;
#endif
  std::cerr << "STAIRCASE_TEST_INSTRUCTION_SET: found " << name << ", allowed are avx2 and sse4, on x86\n";
  std::exit(2);
}

/// Beside this, tests may still go through what is narrower: hwy::DisableTargets acts on what is left.
[[maybe_unused]] const bool limited = [] {
  if (const int64_t most = widest(); most != 0) hwy::SetSupportedTargetsForTest(hwy::SupportedTargets() & ~(most - 1));
  return true;
}();

}  // namespace

TEST_CASE("Kernels use no wider instruction set than the tests were started with", "[kernels]") {
  const int64_t most = widest();
  if (most == 0) return;
  CHECK((hwy::SupportedTargets() & (most - 1)) == 0);
  CHECK((hwy::SupportedTargets() & most) != 0);
}
