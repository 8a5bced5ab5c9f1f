#include "staircase/train/mixing.h"

#include <algorithm>
#include <cmath>

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
  const torch::Tensor partner = images.flip({0});
  if (mix.kind == Mix::Kind::mixup) return images * mix.lambda + partner * (1.0 - mix.lambda);
  torch::Tensor mixed = images.clone();
  const auto box = [&](const torch::Tensor& t) {
    return t.slice(2, mix.box[0], mix.box[2]).slice(3, mix.box[1], mix.box[3]);
  };
  box(mixed).copy_(box(partner));
  return mixed;
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
