#include "staircase/train/mixing.h"

#include "support/catch.h"

namespace mixing_test {

using namespace staircase;
using namespace staircase::train;

TEST_CASE("Smoothed targets are 1 - s + s/C on and s/C off", "[train]") {
  const torch::Tensor targets = mix_targets(torch::tensor({2}, torch::kLong), 4, 0.1, {});
  const float expected[] = {0.025F, 0.025F, 0.925F, 0.025F};
  for (int i = 0; i < 4; ++i) CHECK(targets[0][i].item<float>() == Approx(expected[i]));
}

TEST_CASE("Mixed targets weigh both labels, and the partner is the batch reversed", "[train]") {
  Mix mix;
  mix.kind = Mix::Kind::mixup;
  mix.lambda = 0.75;
  const torch::Tensor targets = mix_targets(torch::tensor({0, 1, 2}, torch::kLong), 3, 0.0, mix);
  CHECK(targets[0][0].item<double>() == Approx(0.75));
  CHECK(targets[0][2].item<double>() == Approx(0.25));
  CHECK(targets[1][1].item<double>() == Approx(1.0));
  const torch::Tensor images = torch::arange(3).to(torch::kFloat).view({3, 1, 1, 1}).expand({3, 1, 2, 2});
  const torch::Tensor mixed = mix_images(images, mix);
  for (int i = 0; i < 3; ++i) CHECK(mixed[i][0][1][1].item<double>() == Approx(0.75 * i + 0.25 * (2 - i)));
}

TEST_CASE("Both labels of a mixed target are smoothed", "[train]") {
  Mix mix;
  mix.kind = Mix::Kind::cutmix;
  mix.lambda = 0.75;
  const torch::Tensor targets = mix_targets(torch::tensor({1, 3}, torch::kLong), 4, 0.1, mix);
  const float expected[] = {0.025F, 0.75F * 0.925F + 0.25F * 0.025F, 0.025F, 0.75F * 0.025F + 0.25F * 0.925F};
  for (int i = 0; i < 4; ++i) CHECK(targets[0][i].item<float>() == Approx(expected[i]));
}

TEST_CASE("CutMix pastes its box and its lambda is the share that is left", "[train]") {
  config::RecipeOptions recipe;
  recipe.mixup_alpha = 0;
  for (uint64_t key = 0; key < 50; ++key) {
    const Mix mix = draw_mix(recipe, RandomStream(key), 20, 30);
    REQUIRE(mix.kind == Mix::Kind::cutmix);
    const auto area = (mix.box[2] - mix.box[0]) * (mix.box[3] - mix.box[1]);
    CHECK(mix.lambda == Approx(1.0 - static_cast<double>(area) / 600.0));
    torch::Tensor images = torch::zeros({2, 1, 20, 30});
    images[1].fill_(1.0);
    CHECK(mix_images(images, mix)[0].sum().item<int64_t>() == area);
  }
}

TEST_CASE("Only float images in channels_last on the CPU are mixed in place", "[train]") {
  Mix mix;
  mix.kind = Mix::Kind::mixup;
  torch::Tensor planes = torch::zeros({4, 3, 8, 8}),
                doubles = planes.to(torch::kDouble, false, false, torch::MemoryFormat::ChannelsLast);
  CHECK_THROWS_AS(mix_in_place(planes, mix), std::invalid_argument);
  CHECK_THROWS_AS(mix_in_place(doubles, mix), std::invalid_argument);
}

TEST_CASE("Soft cross-entropy with one-hot targets is cross-entropy", "[train]") {
  torch::manual_seed(1);
  const torch::Tensor logits = torch::randn({6, 5}), labels = torch::arange(6) % 5;
  CHECK(soft_cross_entropy(logits, mix_targets(labels, 5, 0.0, {})).item<double>() ==
        Approx(at::cross_entropy_loss(logits, labels).item<double>()));
  CHECK(soft_cross_entropy(logits, mix_targets(labels, 5, 0.1, {})).item<double>() ==
        Approx(at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100, 0.1).item<double>()));
}

}  // namespace mixing_test
