#include "staircase/config/recipes.h"

#include <algorithm>
#include <cstdint>

#include "staircase/config/codec.h"

namespace staircase::config {
namespace {

RecipeOptions original() {
  RecipeOptions r;
  r.epochs = 90;
  r.batch_size = 256;
  r.optimizer = Optimizer::sgd;
  r.learning_rate = 0.1;
  r.weight_decay = 1e-4;
  r.decay_norms_and_biases = true;
  r.schedule = Schedule::step;
  r.warmup_epochs = 0;
  r.drop_path_rate = {0.0};
  r.label_smoothing = 0.0;
  r.ema_decay = 0.0;
  r.mixup_alpha = r.cutmix_alpha = 0.0;
  r.interpolation = Interpolation::bilinear;
  r.rand_augment_operations = 0;
  r.color_jitter = 0.0;
  r.random_erasing = 0.0;
  return r;
}

/// Source: Touvron et al. 2021, arXiv:2012.12877, Table 9, and the code published with it.
RecipeOptions deit() {
  RecipeOptions r;
  r.batch_size = 1024;
  r.learning_rate = 5e-4 * 1024 / 512;
  r.warmup_epochs = 5;
  r.warmup_learning_rate = 1e-6;
  r.min_learning_rate = 1e-5;
  r.ema_decay = 0.99996;
  r.repeated_augmentation = 3;
  return r;
}

/// From published weights to larger images or other classes.
/// Source: Liu et al. 2022, arXiv:2201.03545, Table 6, and the code published with it.
RecipeOptions finetune() {
  RecipeOptions r;
  r.epochs = 30;
  r.batch_size = 512;
  r.learning_rate = 5e-5;
  r.weight_decay = 1e-8;
  r.warmup_epochs = 0;
  r.mixup_alpha = r.cutmix_alpha = 0.0;
  r.ema_decay = 0.0;
  r.layer_decay = 0.8;
  r.head_init_scale = 1e-3;
  return r;
}

/// Pretraining by masked autoencoding: crops and flips alone, at batch 4096.
/// Source: Woo et al. 2023, arXiv:2301.00808, and the code published with it.
RecipeOptions fcmae() {
  RecipeOptions r;
  r.task = TaskKind::masked_autoencoding;
  r.epochs = 800;
  r.learning_rate = 1.5e-4 * 4096 / 256;
  r.beta2 = 0.95;
  r.warmup_epochs = 40;
  r.min_learning_rate = 0.0;
  r.drop_path_rate = {0.0};
  r.label_smoothing = 0.0;
  r.ema_decay = 0.0;
  r.mixup_alpha = r.cutmix_alpha = 0.0;
  r.crop_area_min = 0.2;
  r.rand_augment_operations = 0;
  r.color_jitter = 0.0;
  r.random_erasing = 0.0;
  return r;
}

/// Short schedules on few, small images: the modern recipe with everything that needs hundreds of
/// epochs turned down.
RecipeOptions small() {
  RecipeOptions r;
  r.epochs = 30;
  r.batch_size = 128;
  r.learning_rate = 2e-3;
  r.warmup_epochs = 2;
  r.ema_decay = 0.999;
  r.ema_warmup = true;
  r.drop_path_rate = {0.05};
  r.mixup_alpha = 0.2;
  r.mixing_probability = 0.5;
  r.crop_area_min = 0.35;
  r.rand_augment_operations = 1;
  r.rand_augment_magnitude = 5;
  r.random_erasing = 0.1;
  r.clip_grad_norm = 5.0;
  return r;
}

}  // namespace

const std::vector<NamedRecipe>& named_recipes() {
  static const std::vector<NamedRecipe> recipes{
      {"original", "ResNet-50 as published: SGD, 90 epochs, crops and flips", original()},
      {"modern", "ConvNeXt on ImageNet-1K: AdamW, 300 epochs, heavy augmentation", RecipeOptions{}},
      {"deit", "DeiT on ImageNet-1K: modern with batch 1024 and repeated augmentation", deit()},
      {"finetune", "from published weights to other classes or larger images: 30 epochs, layer-wise decay", finetune()},
      {"fcmae", "pretraining of ConvNeXt V2 by masked autoencoding: AdamW, 800 epochs, batch 4096", fcmae()},
      {"small", "the modern recipe for small data and short schedules", small()}};
  return recipes;
}

RecipeOptions read_recipe(const Json& value, const Place& place) {
  const auto named = [](const Json& name, const Place& at) {
    if (!name.is_string()) detail::refuse(name, at, "the name of a recipe");
    std::vector<std::string> known;
    for (const NamedRecipe& recipe : named_recipes()) {
      if (recipe.name == name.get<std::string>()) return recipe.options;
      known.push_back(recipe.name);
    }
    const auto text = name.get<std::string>();
    throw ConfigError(at,
                      "\"" + text + "\" is not a known recipe, known are " + join(known) + did_you_mean(text, known));
  };
  if (value.is_string()) return named(value, place);
  Json fields = value;
  RecipeOptions base;
  if (value.is_object() && value.contains("from")) {
    base = named(value["from"], place.at("from"));
    fields.erase("from");
  }
  return read_options<RecipeOptions>(fields, place, base);
}

std::string recipe_name(const RecipeOptions& recipe) {
  size_t fewest = SIZE_MAX;
  std::string nearest;
  for (const NamedRecipe& named : named_recipes()) {
    const size_t changes = diff_options(named.options, recipe).size();
    if (changes < fewest) nearest = named.name;
    fewest = std::min(fewest, changes);
  }
  return fewest == 0 ? nearest : nearest + "*";
}

void check_recipe(const RecipeOptions& r, const Place& place) {
  const auto epochs = static_cast<double>(r.epochs);
  if (r.warmup_epochs > epochs)
    throw ConfigError(place.at("warmup_epochs"), "found " + Json(r.warmup_epochs).dump() + ", allowed is at most " +
                                                     place.at("epochs").pointer + ", which is " +
                                                     std::to_string(r.epochs));
  if (r.micro_batch_size > 0 && r.batch_size % r.micro_batch_size != 0)
    throw ConfigError(place.at("micro_batch_size"), std::to_string(r.micro_batch_size) + " does not divide " +
                                                        place.at("batch_size").pointer + ", which is " +
                                                        std::to_string(r.batch_size));
  if (r.micro_batch_size % 2 != 0 && r.micro_batch_size != r.batch_size)
    throw ConfigError(place.at("micro_batch_size"),
                      "found " + std::to_string(r.micro_batch_size) + ", allowed are 0, even numbers and " +
                          place.at("batch_size").pointer + ", which is " + std::to_string(r.batch_size) +
                          ": a micro-batch is made of pairs of images that are mixed with each other");
  if (r.schedule == Schedule::cosine && r.min_learning_rate > r.learning_rate)
    throw ConfigError(place.at("min_learning_rate"), "found " + Json(r.min_learning_rate).dump() +
                                                         ", allowed is at most " + place.at("learning_rate").pointer +
                                                         ", which is " + Json(r.learning_rate).dump());
}

}  // namespace staircase::config
