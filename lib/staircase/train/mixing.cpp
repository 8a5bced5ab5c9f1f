#include "staircase/train/mixing.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace staircase::train {
namespace {

double draw_gamma(RandomStream& random, double shape) {
  if (shape < 1.0) {
    const double boost = std::pow(1.0 - random.uniform(), 1.0 / shape);
    return draw_gamma(random, shape + 1.0) * boost;
  }
  const double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = random.normal(), v = std::pow(1.0 + c * x, 3.0);
    if (v <= 0) continue;
    const double u = 1.0 - random.uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

void cut_box(Mix& mix, RandomStream& random, int64_t height, int64_t width) {
  const double ratio = std::sqrt(1.0 - mix.lambda);
  const auto box_height = static_cast<int64_t>(static_cast<double>(height) * ratio);
  const auto box_width = static_cast<int64_t>(static_cast<double>(width) * ratio);
  const auto y = static_cast<int64_t>(random.below(static_cast<uint64_t>(height)));
  const auto x = static_cast<int64_t>(random.below(static_cast<uint64_t>(width)));
  mix.box = {std::clamp<int64_t>(y - box_height / 2, 0, height), std::clamp<int64_t>(x - box_width / 2, 0, width),
             std::clamp<int64_t>(y + box_height / 2, 0, height), std::clamp<int64_t>(x + box_width / 2, 0, width)};
  const auto area = static_cast<double>((mix.box[2] - mix.box[0]) * (mix.box[3] - mix.box[1]));
  mix.lambda = 1.0 - area / static_cast<double>(height * width);
}

/// Both images at once. The middle image of an odd batch is its own partner.
void mix_pair(float* own, float* partner, int64_t size, double lambda) {
  const auto share = static_cast<float>(lambda), rest = static_cast<float>(1.0 - lambda);
  for (int64_t i = 0; i < size; ++i) {
    const float a = own[i], b = partner[i];
    const float a_share = a * share, b_share = b * share, a_rest = a * rest, b_rest = b * rest;
    own[i] = a_share + b_rest;
    partner[i] = b_share + a_rest;
  }
}

/// Of images (H, W, C).
void swap_box(float* own, float* partner, const std::array<int64_t, 4>& box, int64_t width, int64_t channels) {
  for (int64_t y = box[0]; own != partner && y < box[2]; ++y) {
    const int64_t from = (y * width + box[1]) * channels, to = (y * width + box[3]) * channels;
    std::swap_ranges(own + from, own + to, partner + from);
  }
}

}  // namespace

double draw_beta(RandomStream& random, double alpha) {
  const double a = draw_gamma(random, alpha), b = draw_gamma(random, alpha);
  return a + b > 0 ? a / (a + b) : 0.5;
}

Mix draw_mix(const config::RecipeOptions& recipe, RandomStream random, int64_t height, int64_t width) {
  Mix mix;
  const bool mixup = recipe.mixup_alpha > 0, cutmix = recipe.cutmix_alpha > 0;
  if ((!mixup && !cutmix) || !random.chance(recipe.mixing_probability)) return mix;
  const bool cut = cutmix && (!mixup || random.chance(0.5));
  mix.kind = cut ? Mix::Kind::cutmix : Mix::Kind::mixup;
  mix.lambda = draw_beta(random, cut ? recipe.cutmix_alpha : recipe.mixup_alpha);
  if (cut) cut_box(mix, random, height, width);
  return mix;
}

torch::Tensor mix_images(const torch::Tensor& images, const Mix& mix) {
  if (mix.kind == Mix::Kind::none) return images;
  torch::Tensor mixed = images.clone(torch::MemoryFormat::ChannelsLast);
  mix_in_place(mixed, mix);
  return mixed;
}

void mix_in_place(torch::Tensor& images, const Mix& mix) {
  if (images.dim() != 4 || images.scalar_type() != torch::kFloat || !images.device().is_cpu() ||
      !images.is_contiguous(torch::MemoryFormat::ChannelsLast))
    throw std::invalid_argument("mix_in_place: expected images (N, C, H, W), float, channels_last, on the CPU");
  const int64_t count = images.size(0), size = images.numel() / std::max<int64_t>(1, count);
  float* data = images.data_ptr<float>();
  for (int64_t i = 0; 2 * i < count; ++i) {
    float *own = data + i * size, *partner = data + (count - 1 - i) * size;
    if (mix.kind == Mix::Kind::mixup) mix_pair(own, partner, size, mix.lambda);
    if (mix.kind == Mix::Kind::cutmix) swap_box(own, partner, mix.box, images.size(3), images.size(1));
  }
}

torch::Tensor mix_targets(const torch::Tensor& labels, int64_t classes, double smoothing, const Mix& mix) {
  const double off = smoothing / static_cast<double>(classes), on = 1.0 - smoothing + off;
  const auto spread = [&](const torch::Tensor& of) {
    return torch::full({of.size(0), classes}, off, of.options().dtype(torch::kFloat)).scatter_(1, of.unsqueeze(1), on);
  };
  if (mix.kind == Mix::Kind::none) return spread(labels);
  return spread(labels) * mix.lambda + spread(labels.flip({0})) * (1.0 - mix.lambda);
}

torch::Tensor soft_cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets) {
  return -(targets * at::log_softmax(logits, 1)).sum(1).mean();
}

}  // namespace staircase::train
