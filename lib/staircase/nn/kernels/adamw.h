#pragma once

#include <cstdint>

/// AdamW in one pass over memory. Source: Loshchilov and Hutter 2019, arXiv:1711.05101, as torch.optim.AdamW computes it.
namespace staircase::nn::kernels {

/// What a step does to each number: p = p * keep; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// p = p - step_size * m / (sqrt(v) / root_correction + epsilon), where g = gradient_factor * gradient.
struct AdamWStep {
  float keep = 1;             ///< 1 - learning_rate * weight_decay
  float step_size = 0;        ///< learning_rate / (1 - beta1^t)
  float root_correction = 1;  ///< sqrt(1 - beta2^t)
  float beta1 = 0, beta2 = 0, epsilon = 0;
  float gradient_factor = 1;  ///< clipping
};

/// Arrays of `count` floats; all but `gradient` are changed.
void adamw(const AdamWStep& step, const float* gradient, float* parameter, float* first_moment, float* second_moment,
           int64_t count);

}  // namespace staircase::nn::kernels
