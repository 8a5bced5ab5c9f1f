#pragma once

namespace staircase::nn::kernels {

/// What a tensor's memory holds.
enum class Element { float32, bfloat16 };

}  // namespace staircase::nn::kernels
