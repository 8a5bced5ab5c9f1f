#include "staircase/config/naming.h"

#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "support/catch.h"

namespace naming_test {

using namespace staircase;
using namespace staircase::config;

namespace {

/// The table as it was frozen, but for fields that came later. A default that changes in an option struct stays what it
/// is here; a field that comes later gets a line in frozen_later.
constexpr const char* frozen_first = R"json({
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

/// {"model": {"name": value}}
constexpr const char* frozen_later = R"json({
  "model": {"stem_width": 0, "residuals_per_block": 1, "position_embedding": "none", "pooling": "mean",
            "head_norm": "after_pooling", "head_dim": 32, "grn": false, "norm_eps": 0.0, "image_size_px": 0},
  "data": {"decode": "full", "objects_seed": 0},
  "recipe": {"task": "classification", "hidden_share": 0.6, "decoder_width": 512, "layer_groups": "twelve",
             "checkpoint_activations": false, "data_order_seed": 0, "shard_optimizer": false,
             "gradient_exchange": "fp32"}})json";

std::string hashed(const std::string& text) { return hexadecimal(mix64(hash_text(text)), 16); }

}  // namespace

TEST_CASE("The defaults that names are made against are frozen", "[config]") {
  const Json expected = merge_json(parse_json(frozen_first, "first"), parse_json(frozen_later, "later"));
  CHECK(canonical_text(frozen_default_fields()) == canonical_text(expected));
  CHECK(canonical_text(write_configuration(frozen_defaults())) == canonical_text(expected));
}

TEST_CASE("Every field of a configuration has a frozen default", "[config]") {
  // A field that is missing here was added: see frozen_defaults() in naming.h for what to do.
  const Json now = write_configuration({});
  for (const auto& [part, fields] : now.items()) {
    INFO(part);
    REQUIRE(frozen_default_fields().contains(part));
    if (!fields.is_object()) continue;
    for (const auto& [name, value] : fields.items()) {
      INFO(name);
      CHECK(frozen_default_fields()[part].contains(name));
    }
  }
}

TEST_CASE("A configuration is named by the fields that differ from the frozen defaults, and by its data", "[config]") {
  Configuration c = frozen_defaults();
  CHECK(content_name(c) == hashed(R"({"data":"","fields":{}})"));
  c.model.depths = {1, 1};
  c.recipe.epochs = 2;
  CHECK(content_name(c) == hashed(R"({"data":"","fields":{"model":{"depths":[1,1]},"recipe":{"epochs":2}}})"));
  CHECK(content_name(c, 2, "abc") ==
        hashed(R"({"data":"abc","fields":{"model":{"depths":[1,1]},"recipe":{"epochs":2}}})"));
}

TEST_CASE("Where the data lie is no part of a name", "[config]") {
  Configuration c = frozen_defaults();
  c.data.kind = DataKind::image_folder;
  const std::string name = content_name(c, 2, "abc");
  c.data.path = "/elsewhere";
  CHECK(content_name(c, 2, "abc") == name);
  CHECK(content_name(c, 2, "abd") != name);
}

TEST_CASE("What only costs time for memory is no part of a name", "[config]") {
  Configuration c = frozen_defaults();
  c.recipe.checkpoint_activations = c.recipe.shard_optimizer = true;
  CHECK(content_name(c) == content_name(frozen_defaults()));
  CHECK(content_name(c, 1) == content_name(frozen_defaults(), 1));
  c.recipe.epochs = 7;
  RecipeOptions expected = frozen_defaults().recipe;
  expected.epochs = 7;
  CHECK(deciding_recipe(c.recipe) == expected);
}

TEST_CASE("A run on shards has the name of the run on the folder that was packed", "[config]") {
  Configuration c = frozen_defaults();
  c.data.kind = DataKind::image_folder;
  const std::string name = content_name(c, 2, "abc");
  c.data.kind = DataKind::shards;
  CHECK(content_name(c, 2, "abc") == name);
  c.data.decode = Decode::scaled;
  CHECK(content_name(c, 2, "abc") != name);
}

TEST_CASE("The published drop-path rate is part of a name where the recipe asks for it", "[config]") {
  Configuration c = frozen_defaults();
  const std::string number = content_name(c);
  c.model_drop_path_rate = 0.3;
  CHECK(content_name(c) == number);
  c.recipe.drop_path_rate.rate.reset();
  const std::string published = content_name(c);
  c.model_drop_path_rate = 0.4;
  CHECK(content_name(c) != published);
}

TEST_CASE("Format 1 names a configuration by all fields of its time", "[config]") {
  // As Staircase 0.1.0 (6fd574e) named the base of tests/runs/folder_1, and a configuration of its defaults.
  const Configuration c = frozen_defaults();
  CHECK(content_name(c, 1) == hashed(canonical_text(parse_json(frozen_first, "first"))));
  Configuration moved = c;
  moved.data.path = "/elsewhere";
  CHECK(content_name(moved, 1) != content_name(c, 1));
  CHECK_THROWS_AS(content_name(c, 3), std::invalid_argument);
}

TEST_CASE("A field that an older configuration lacks has its frozen default", "[config]") {
  Json older = write_configuration(frozen_defaults());
  older["recipe"]["epochs"] = 7;
  const Json whole = older;
  older["recipe"].erase("head_init_scale");
  older.erase("init");
  CHECK(canonical_text(with_frozen_defaults(older)) == canonical_text(whole));
  older.erase("model");  // a comparison has none
  CHECK_FALSE(with_frozen_defaults(older).contains("model"));
}

}  // namespace naming_test
