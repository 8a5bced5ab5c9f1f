#include "staircase/nn/kernels/instruction_set.h"

#include <hwy/targets.h>

namespace staircase::nn::kernels {

bool has_avx512() {
#if HWY_ARCH_X86
  static const bool has = (hwy::SupportedTargets() & (HWY_AVX2 - 1)) != 0;  // the bits of wider sets are lower
  return has;
#else
  return false;
#endif
}

}  // namespace staircase::nn::kernels
