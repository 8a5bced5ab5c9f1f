#include "staircase/config/naming.h"

#include <algorithm>
#include <stdexcept>

#include "staircase/base/random.h"
#include "staircase/base/text.h"

namespace staircase::config {
namespace {

/// The fields that format 1 names runs by, with their defaults of then.
constexpr const char* format_1_defaults = R"json({
  "model": {
    "depths": [3, 4, 6, 3], "width": 64, "width_factor": 1.0, "stem": "conv7_pool", "patchify_norm": true,
    "patchify_activation": false, "spatial": "dense", "groups": 32, "block": "bottleneck", "expansion": 4,
    "spatial_position": "middle", "kernel_size": 3, "activation": "relu", "activations_per_block": 3,
    "norm": "batch", "norms_per_block": 3, "downsampling": "in_block", "projection_norm": true,
    "conv_bias": "where_no_norm_follows", "layer_scale_init": 0.0, "initialization": "kaiming_fan_out",
    "num_classes": 0, "in_channels": 0
  },
  "recipe": {
    "epochs": 300, "batch_size": 4096, "micro_batch_size": 0, "precision": "fp32", "eval_every_epochs": 1,
    "optimizer": "adamw", "learning_rate": 0.004, "momentum": 0.9, "beta1": 0.9, "beta2": 0.999,
    "epsilon": 1e-08, "weight_decay": 0.05, "decay_norms_and_biases": false, "clip_grad_norm": 0.0,
    "layer_decay": 1.0, "head_init_scale": 1.0, "schedule": "cosine", "warmup_epochs": 20.0,
    "warmup_learning_rate": 0.0, "min_learning_rate": 1e-06, "step_epochs": 30, "step_factor": 0.1,
    "drop_path_rate": 0.1, "label_smoothing": 0.1, "ema_decay": 0.9999, "ema_warmup": false, "mixup_alpha": 0.8,
    "cutmix_alpha": 1.0, "mixing_probability": 1.0, "crop_area_min": 0.08, "interpolation": "bicubic",
    "flip_probability": 0.5, "small_image_padding": 4, "repeated_augmentation": 1, "rand_augment_operations": 2,
    "rand_augment_magnitude": 9.0, "rand_augment_std": 0.5, "rand_augment_probability": 0.5,
    "color_jitter": 0.4, "random_erasing": 0.25, "eval_crop_ratio": 0.875
  },
  "data": {
    "kind": "shapes", "path": "", "image_size_px": 32, "train_images": 10000, "val_images": 2000,
    "shapes_seed": 0, "max_bad_fraction": 0.01, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]
  },
  "init": {
    "weights": "", "new_head": false, "freeze": "none"
  },
  "model_drop_path_rate": 0.0
})json";

/// Fields that came later, {"model": {"name": value}}: see frozen_defaults() in the header.
constexpr const char* later_defaults = R"json({
  "model": {
    "stem_width": 0, "residuals_per_block": 1, "position_embedding": "none", "pooling": "mean",
    "head_norm": "after_pooling", "head_dim": 32, "grn": false, "norm_eps": 0.0, "image_size_px": 0
  },
  "data": {"decode": "full", "objects_seed": 0},
  "recipe": {
     "task": "classification", "hidden_share": 0.6, "decoder_width": 512, "layer_groups": "twelve",
     "checkpoint_activations": false, "data_order_seed": 0, "shard_optimizer": false,
     "gradient_exchange": "fp32"
   }
})json";

const Json& format_1_fields() {
  static const Json fields = parse_json(format_1_defaults, "the defaults of format 1");
  return fields;
}

/// Over the defaults of the option structs, so that a field that the table lacks has that one.
Configuration read_frozen(const Json& fields) {
  Configuration c;
  visit_fields<Configuration>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    const std::string name(each.name);
    const Place place = Place{"the frozen defaults", ""}.at(name);
    if (!fields.contains(name)) return;
    if constexpr (Options<Value>) c.*(each.member) = read_options<Value>(fields.at(name), place);
    else c.*(each.member) = Codec<Value>::read(fields.at(name), place, each.limits);
  });
  return c;
}

bool decides_nothing(std::string_view part, std::string_view field) {
  return std::any_of(undeciding_fields.begin(), undeciding_fields.end(),
                     [&](const UndecidingField& each) { return each.part == part && each.field == field; });
}

/// Shards hold the images of the folder that they were made of, and give the same results.
Configuration as_folder(Configuration c) {
  if (c.data.kind == DataKind::shards) c.data.kind = DataKind::image_folder;
  return c;
}

/// The fields that are not the frozen ones. What decides no result is none of them, and the published drop-path
/// rate only where the recipe asks for it.
Json differing_fields(const Configuration& c) {
  const Configuration& frozen = frozen_defaults();
  Json fields = Json::object();
  visit_parts([&](const auto& part) {
    const auto &own = c.*(part.member), &reference = frozen.*(part.member);
    using Part = std::remove_cvref_t<decltype(own)>;
    visit_fields<Part>([&](const auto& each) {
      using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
      if (own.*(each.member) == reference.*(each.member) || decides_nothing(part.name, each.name)) return;
      fields[std::string(part.name)][std::string(each.name)] = Codec<Value>::write(own.*(each.member));
    });
  });
  if (!c.recipe.drop_path_rate.rate && c.model_drop_path_rate != frozen.model_drop_path_rate)
    fields["model_drop_path_rate"] = c.model_drop_path_rate;
  return fields;
}

/// All fields of format 1, and of later ones those that differ.
Json fields_of_format_1(const Configuration& c) {
  Json fields = write_configuration(c);
  const Json later = differing_fields(c);
  for (auto& [part, inner] : fields.items()) {
    if (!inner.is_object()) continue;
    Json kept = Json::object();
    for (const auto& [name, value] : inner.items())
      if (format_1_fields().at(part).contains(name) || (later.contains(part) && later.at(part).contains(name)))
        kept[name] = value;
    inner = kept;
  }
  return fields;
}

}  // namespace

bool decides_nothing(std::string_view pointer) {
  const size_t field = pointer.rfind('/');
  return pointer.starts_with('/') && field > 0 &&
         decides_nothing(pointer.substr(1, field - 1), pointer.substr(field + 1));
}

RecipeOptions deciding_recipe(RecipeOptions recipe) {
  visit_fields<RecipeOptions>([&](const auto& each) {
    if (decides_nothing("recipe", each.name)) recipe.*(each.member) = frozen_defaults().recipe.*(each.member);
  });
  return recipe;
}

const Json& frozen_default_fields() {
  static const Json fields = merge_json(format_1_fields(), parse_json(later_defaults, "the later defaults"));
  return fields;
}

const Configuration& frozen_defaults() {
  static const Configuration frozen = read_frozen(frozen_default_fields());
  return frozen;
}

std::string content_name(const Configuration& configuration, int64_t format, const std::string& data) {
  if (format != 1 && format != 2)
    throw std::invalid_argument("content_name: expected format 1 or 2, received " + std::to_string(format));
  const std::string text = format == 1 ? canonical_text(fields_of_format_1(configuration))
                                       : canonical_text({{"fields", differing_fields(as_folder(configuration))},
                                                         {"data", data}});
  return hexadecimal(mix64(hash_text(text)), 16);
}

Json with_frozen_defaults(Json configuration) {
  if (!configuration.is_object()) return configuration;
  for (const auto& [part, fields] : frozen_default_fields().items()) {
    const bool is_of_model = part.starts_with("model");
    if (fields.is_object() && (configuration.contains(part) || !is_of_model))
      configuration[part] = merge_json(fields, configuration.value(part, Json::object()));
  }
  return configuration;
}

}  // namespace staircase::config
