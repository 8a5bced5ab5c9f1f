#pragma once

#include <cstdint>

#include "staircase/nn/kernels/element.h"

/// The exact GELU, x * Phi(x), where Phi is the normal distribution's. All arrays hold `count` elements of one type.
/// With u = |x|, Phi(-u) is exp(-u^2 / 2) times a polynomial in t = 1 / (1 + p u), fitted here by weighted least squares
/// to a relative error of 1.6e-8 over 0 <= u <= 14, so that small values keep their digits too. In float the result is
/// within 3e-7 |x| of the exact one. Form: Abramowitz and Stegun 1964, 7.1.26, with nine terms.
namespace staircase::nn::kernels {

/// y = gelu(x).
void gelu_forward(Element element, const void* x, void* y, int64_t count);

/// input_gradient = output_gradient * (Phi(x) + x phi(x)).
void gelu_input_gradient(Element element, const void* x, const void* output_gradient, void* input_gradient,
                         int64_t count);

/// Both at once, for who kept x alone: y = gelu(x), and the gradient of it becomes that of x in place.
void gelu_again(Element element, const void* x, void* gradient, void* y, int64_t count);

}  // namespace staircase::nn::kernels
