#pragma once

#include <cstdint>

/// Passes over the numbers of parameters beside the optimizer's own.
namespace staircase::nn::kernels {

/// The sum of the squares of `count` numbers, for the norm of gradients.
double sum_of_squares(const float* numbers, int64_t count);

/// average = decay * average + (1 - decay) * value, for each of `count` numbers.
void move_average(float decay, const float* value, float* average, int64_t count);

}  // namespace staircase::nn::kernels
