#pragma once

#include <string>
#include <string_view>

namespace staircase::nn {

/// OpenBLAS's core type (its variable OPENBLAS_CORETYPE) for a processor that has these instructions, where the type that
/// OpenBLAS took is of a processor without them; empty where it is not.
std::string better_core_type(std::string_view taken, bool has_avx2, bool has_avx512);

/// The same of the OpenBLAS that this process has loaded and the processor it runs on; empty with another library. OpenBLAS
/// knows processors by their model numbers and takes one that is younger than itself for the oldest it knows: version 0.3.21
/// multiplies matrices with SSE3 on Intel's fifth Xeon generation, an eighth as fast as its AVX-512 kernels there. It reads
/// the variable when it is loaded, so a process that sets it has to begin again.
std::string better_core_type_here();

}  // namespace staircase::nn
