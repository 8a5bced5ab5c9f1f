// The six recipes, field by field, as their sources and experiments/RECIPE.md state them.

#include "staircase/config/recipes.h"

#include "staircase/config/codec.h"
#include "support/catch.h"

namespace recipes_test {

using namespace staircase::config;

namespace {

/// Everything that Liu et al. 2022, Table 5, and the code published with it say.
Json modern() {
  return parse_json(R"({
    "task": "classification", "hidden_share": 0.6, "decoder_width": 512,
    "epochs": 300, "batch_size": 4096, "micro_batch_size": 0, "precision": "fp32", "checkpoint_activations": false,
    "shard_optimizer": false, "gradient_exchange": "fp32", "eval_every_epochs": 1, "data_order_seed": 0,
    "optimizer": "adamw", "learning_rate": 0.004, "momentum": 0.9, "beta1": 0.9, "beta2": 0.999,
    "epsilon": 1e-8, "weight_decay": 0.05, "decay_norms_and_biases": false, "clip_grad_norm": 0.0,
    "layer_decay": 1.0, "layer_groups": "twelve", "head_init_scale": 1.0,
    "schedule": "cosine", "warmup_epochs": 20.0, "warmup_learning_rate": 0.0, "min_learning_rate": 1e-6,
    "step_epochs": 30, "step_factor": 0.1,
    "drop_path_rate": 0.1, "label_smoothing": 0.1, "ema_decay": 0.9999, "ema_warmup": false,
    "mixup_alpha": 0.8, "cutmix_alpha": 1.0, "mixing_probability": 1.0,
    "crop_area_min": 0.08, "interpolation": "bicubic", "flip_probability": 0.5, "small_image_padding": 4,
    "repeated_augmentation": 1, "rand_augment_operations": 2, "rand_augment_magnitude": 9.0,
    "rand_augment_std": 0.5, "rand_augment_probability": 0.5, "color_jitter": 0.4,
    "random_erasing": 0.25, "eval_crop_ratio": 0.875})",
                    "modern");
}

Json modern_with(const char* changes) {
  Json recipe = modern();
  const Json changed = parse_json(changes, "changes");
  for (const auto& [key, value] : changed.items()) recipe.at(key) = value;
  return recipe;
}

Json named(const char* name) { return write_options(read_recipe(name, {"test", "/recipe"})); }

}  // namespace

TEST_CASE("The modern recipe is Table 5 of the paper", "[config][reference]") { CHECK(named("modern") == modern()); }

TEST_CASE("The original recipe is ResNet-50's of 90 epochs", "[config][reference]") {
  CHECK(named("original") == modern_with(R"({
    "epochs": 90, "batch_size": 256, "optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9,
    "weight_decay": 1e-4, "decay_norms_and_biases": true, "schedule": "step", "step_epochs": 30,
    "step_factor": 0.1, "warmup_epochs": 0.0, "drop_path_rate": 0.0, "label_smoothing": 0.0, "ema_decay": 0.0,
    "mixup_alpha": 0.0, "cutmix_alpha": 0.0, "interpolation": "bilinear", "rand_augment_operations": 0,
    "color_jitter": 0.0, "random_erasing": 0.0})"));
}

TEST_CASE("The deit recipe is Table 9 of its paper", "[config][reference]") {
  // 5e-4 * 1024 / 512 = 1e-3
  CHECK(named("deit") == modern_with(R"({
    "batch_size": 1024, "learning_rate": 0.001, "warmup_epochs": 5.0, "warmup_learning_rate": 1e-6,
    "min_learning_rate": 1e-5, "ema_decay": 0.99996, "repeated_augmentation": 3})"));
}

TEST_CASE("The finetune recipe is Table 6 of the paper, with the layer-wise decay of new classes",
          "[config][reference]") {
  CHECK(named("finetune") == modern_with(R"({
    "epochs": 30, "batch_size": 512, "learning_rate": 5e-5, "weight_decay": 1e-8, "warmup_epochs": 0.0,
    "mixup_alpha": 0.0, "cutmix_alpha": 0.0, "ema_decay": 0.0, "layer_decay": 0.8, "head_init_scale": 0.001})"));
}

TEST_CASE("The fcmae recipe is the pretraining of ConvNeXt V2's paper", "[config][reference]") {
  CHECK(named("fcmae") == modern_with(R"({
    "task": "masked_autoencoding", "hidden_share": 0.6, "decoder_width": 512, "epochs": 800, "learning_rate": 0.0024,
    "beta2": 0.95, "warmup_epochs": 40.0, "min_learning_rate": 0.0, "drop_path_rate": 0.0, "label_smoothing": 0.0,
    "ema_decay": 0.0, "mixup_alpha": 0.0, "cutmix_alpha": 0.0, "crop_area_min": 0.2, "rand_augment_operations": 0,
    "color_jitter": 0.0, "random_erasing": 0.0})"));
}

TEST_CASE("The small recipe is as the page of recipes states it", "[config]") {
  CHECK(named("small") == modern_with(R"({
    "epochs": 30, "batch_size": 128, "learning_rate": 0.002, "warmup_epochs": 2.0, "ema_decay": 0.999,
    "ema_warmup": true, "drop_path_rate": 0.05, "mixup_alpha": 0.2, "mixing_probability": 0.5,
    "crop_area_min": 0.35, "rand_augment_operations": 1, "rand_augment_magnitude": 5.0,
    "random_erasing": 0.1, "clip_grad_norm": 5.0})"));
}

TEST_CASE("Micro-batches are even parts of the batch, or the batch", "[config]") {
  const auto check = [](int64_t batch, int64_t micro) {
    RecipeOptions recipe;
    recipe.batch_size = batch;
    recipe.micro_batch_size = micro;
    check_recipe(recipe, {"x.json", "/recipe"});
  };
  for (const int64_t micro : {0, 2, 4, 8, 16}) CHECK_NOTHROW(check(16, micro));
  CHECK_NOTHROW(check(15, 15));
  CHECK_NOTHROW(check(1, 1));
  CHECK_THROWS_WITH(
      check(16, 1),
      "x.json: /recipe/micro_batch_size: found 1, allowed are 0, even numbers and /recipe/batch_size, which "
      "is 16: a micro-batch is made of pairs of images that are mixed with each other");
  CHECK_THROWS_WITH(check(15, 5), ContainsSubstring("/recipe/micro_batch_size: found 5, allowed are 0, even numbers"));
  CHECK_THROWS_WITH(check(16, 6), ContainsSubstring("/recipe/micro_batch_size: 6 does not divide /recipe/batch_size"));
}

}  // namespace recipes_test
