#include "staircase/nn/matrix_library.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>

namespace staircase::nn {

std::string better_core_type(std::string_view taken, bool has_avx2, bool has_avx512) {
  static constexpr std::array<std::string_view, 8> without_avx{"Generic",  "generic",  "Katmai",  "Northwood",
                                                               "Prescott", "Core2",    "Penryn",  "Nehalem"};
  if (std::find(without_avx.begin(), without_avx.end(), taken) == without_avx.end()) return {};
  if (has_avx512) return "SkylakeX";
  return has_avx2 ? "Haswell" : "";
}

std::string better_core_type_here() {
#if defined(__x86_64__)
  using CoreName = const char* (*)();
  const auto core_name = reinterpret_cast<CoreName>(::dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  if (!core_name) return {};
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return better_core_type(core_name(), has_avx2, has_avx512);
#else
  return {};
#endif
}

}  // namespace staircase::nn
