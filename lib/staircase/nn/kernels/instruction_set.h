#pragma once

namespace staircase::nn::kernels {

/// Whether kernels run with AVX-512: the machine has it, and nobody disabled it when this was asked first.
bool has_avx512();

}  // namespace staircase::nn::kernels
