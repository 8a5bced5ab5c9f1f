#pragma once

#include <array>
#include <cstdint>

#include <torch/types.h>

#include "staircase/base/random.h"
#include "staircase/config/recipe_options.h"

namespace staircase::train {

/// How one batch is mixed with its reverse.
struct Mix {
  enum class Kind { none, mixup, cutmix } kind = Kind::none;
  double lambda = 1.0;                     ///< weight of the images' own labels
  std::array<int64_t, 4> box{0, 0, 0, 0};  ///< CutMix: top, left, bottom, right (exclusive), pixels
};

/// Draws the mix of one batch of height x width images. The lambda of CutMix is that of its clipped box.
/// Source: Zhang et al. 2018, arXiv:1710.09412; Yun et al. 2019, arXiv:1905.04899.
Mix draw_mix(const config::RecipeOptions& recipe, RandomStream random, int64_t height, int64_t width);

/// images: (N, C, H, W) float on the CPU -> the mixed images, same shape; the partner is the batch reversed.
torch::Tensor mix_images(const torch::Tensor& images, const Mix& mix);

/// The same in their own memory, which must be channels_last; for any thread: uses none of LibTorch's own.
/// Throws std::invalid_argument on other tensors.
void mix_in_place(torch::Tensor& images, const Mix& mix);

/// labels: (N) int64 -> (N, classes) float: 1 - s + s/C on, s/C off, for both labels, then mixed.
torch::Tensor mix_targets(const torch::Tensor& labels, int64_t classes, double smoothing, const Mix& mix);

/// Mean over the batch of -sum(target * log softmax(logits)). (N, classes) float, twice -> scalar.
torch::Tensor soft_cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets);

/// A draw of Beta(alpha, alpha). Source: two gamma draws of Marsaglia and Tsang 2000.
double draw_beta(RandomStream& random, double alpha);

}  // namespace staircase::train
