#include "staircase/experiment/unread_fields.h"

#include <algorithm>
#include <functional>

#include "staircase/config/naming.h"
#include "staircase/plan/plan.h"

namespace staircase::experiment {
namespace {

using config::Configuration;
using config::DataKind;
using config::Optimizer;
using config::Schedule;

/// Fields that are read only under a condition.
struct Condition {
  std::vector<std::string> fields;
  bool (*unread)(const Configuration&);
  std::string only;  ///< "is read only ..."
  std::vector<std::string> deciding;
};

bool starts_from_file(const Configuration& c) { return !c.init.weights.empty() && !c.init.new_head; }

/// Drawn and CIFAR's images that enter the network as they are.
bool never_resized(const Configuration& c) {
  const bool cifar = c.data.kind == DataKind::cifar10 || c.data.kind == DataKind::cifar100;
  return c.data.image_size_px <= 32 && (config::is_drawn(c.data.kind) || (cifar && c.data.image_size_px == 32));
}

bool has_attention(const Configuration& c) {
  return c.model.spatial == config::Spatial::attention || c.model.spatial == config::Spatial::window_attention ||
         c.model.spatial == config::Spatial::shifted_window_attention;
}

const std::vector<Condition>& conditions() {
  static const std::vector<Condition> list{
      {{"/model/groups"},
       [](const Configuration& c) { return c.model.spatial != config::Spatial::grouped; },
       "where /model/spatial is grouped",
       {"/model/spatial"}},
      {{"/model/patchify_norm", "/model/patchify_activation"},
       [](const Configuration& c) {
         return c.model.stem == config::Stem::conv7_pool || c.model.stem == config::Stem::conv3;
       },
       "where /model/stem cuts patches",
       {"/model/stem"}},
      {{"/model/head_dim"},
       [](const Configuration& c) { return !has_attention(c); },
       "where /model/spatial is an attention",
       {"/model/spatial"}},
      {{"/model/kernel_size"},
       [](const Configuration& c) {
         return c.model.spatial == config::Spatial::attention || c.model.spatial == config::Spatial::identity;
       },
       "by convolutions, pooling and windows in /model/spatial",
       {"/model/spatial"}},
      {{"/model/initialization", "/recipe/head_init_scale"},
       starts_from_file,
       "for what /init/weights does not give",
       {"/init/weights", "/init/new_head"}},
      {{"/recipe/hidden_share", "/recipe/decoder_width"},
       [](const Configuration& c) { return c.recipe.task != config::TaskKind::masked_autoencoding; },
       "where /recipe/task is masked_autoencoding",
       {"/recipe/task"}},
      {{"/recipe/label_smoothing", "/recipe/drop_path_rate", "/recipe/head_init_scale"},
       [](const Configuration& c) { return c.recipe.task == config::TaskKind::masked_autoencoding; },
       "where /recipe/task is classification",
       {"/recipe/task"}},
      {{"/recipe/layer_groups"},
       [](const Configuration& c) { return c.recipe.layer_decay == 1; },
       "where /recipe/layer_decay is below 1",
       {"/recipe/layer_decay"}},
      {{"/recipe/momentum"},
       [](const Configuration& c) { return c.recipe.optimizer != Optimizer::sgd; },
       "where /recipe/optimizer is sgd",
       {"/recipe/optimizer"}},
      {{"/recipe/beta1", "/recipe/beta2", "/recipe/epsilon"},
       [](const Configuration& c) { return c.recipe.optimizer != Optimizer::adamw; },
       "where /recipe/optimizer is adamw",
       {"/recipe/optimizer"}},
      {{"/recipe/step_epochs", "/recipe/step_factor"},
       [](const Configuration& c) { return c.recipe.schedule != Schedule::step; },
       "where /recipe/schedule is step",
       {"/recipe/schedule"}},
      {{"/recipe/min_learning_rate"},
       [](const Configuration& c) { return c.recipe.schedule != Schedule::cosine; },
       "where /recipe/schedule is cosine",
       {"/recipe/schedule"}},
      {{"/recipe/warmup_learning_rate"},
       [](const Configuration& c) { return c.recipe.warmup_epochs == 0; },
       "where /recipe/warmup_epochs is above 0",
       {"/recipe/warmup_epochs"}},
      {{"/recipe/decay_norms_and_biases"},
       [](const Configuration& c) { return c.recipe.weight_decay == 0; },
       "where /recipe/weight_decay is above 0",
       {"/recipe/weight_decay"}},
      {{"/recipe/ema_warmup"},
       [](const Configuration& c) { return c.recipe.ema_decay == 0; },
       "where /recipe/ema_decay is above 0",
       {"/recipe/ema_decay"}},
      {{"/recipe/mixing_probability"},
       [](const Configuration& c) { return c.recipe.mixup_alpha == 0 && c.recipe.cutmix_alpha == 0; },
       "where /recipe/mixup_alpha or /recipe/cutmix_alpha is above 0",
       {"/recipe/mixup_alpha", "/recipe/cutmix_alpha"}},
      {{"/recipe/mixup_alpha", "/recipe/cutmix_alpha"},
       [](const Configuration& c) { return c.recipe.mixing_probability == 0; },
       "where /recipe/mixing_probability is above 0",
       {"/recipe/mixing_probability"}},
      {{"/recipe/rand_augment_magnitude", "/recipe/rand_augment_std", "/recipe/rand_augment_probability"},
       [](const Configuration& c) { return c.recipe.rand_augment_operations == 0; },
       "where /recipe/rand_augment_operations is above 0",
       {"/recipe/rand_augment_operations"}},
      {{"/recipe/color_jitter"},
       [](const Configuration& c) { return c.recipe.rand_augment_operations > 0; },
       "where /recipe/rand_augment_operations is 0",
       {"/recipe/rand_augment_operations"}},
      {{"/recipe/small_image_padding"},
       [](const Configuration& c) { return c.data.image_size_px > 32; },
       "where /data/image_size_px is at most 32",
       {"/data/image_size_px"}},
      {{"/recipe/crop_area_min", "/recipe/interpolation", "/recipe/eval_crop_ratio"},
       never_resized,
       "for images that are resized, not those of built-in sets or CIFAR of at most 32 px",
       {"/data/kind", "/data/image_size_px"}},
      {{"/data/max_bad_fraction", "/data/decode"},
       [](const Configuration& c) { return !config::has_photographs(c.data.kind); },
       "where /data/kind is image_folder or shards",
       {"/data/kind"}}};
  return list;
}

double drop_path_rate(const Configuration& c) {
  if (c.recipe.task == config::TaskKind::masked_autoencoding) return 0.0;  // its network drops no path
  return c.recipe.drop_path_rate.rate.value_or(c.model_drop_path_rate);
}

int64_t images_a_pass(const config::RecipeOptions& r) {
  return r.micro_batch_size == 0 ? r.batch_size : r.micro_batch_size;
}

plan::ModelPlan plan_of(const Configuration& c) {
  return plan::plan_model(c.model, plan::square(c.data.image_size_px));
}

}  // namespace

std::optional<UnreadReason> why_unread(const Configuration& configuration, const std::string& pointer) {
  for (const Condition& each : conditions()) {
    if (std::find(each.fields.begin(), each.fields.end(), pointer) == each.fields.end()) continue;
    if (!each.unread(configuration)) continue;
    std::vector<std::string> are;
    for (const std::string& field : each.deciding) {
      const config::Json value = config::get_field(configuration, field, "");
      are.push_back((each.deciding.size() > 1 ? field + " is " : "it is ") +
                    (value.is_string() && value != "" ? value.get<std::string>() : value.dump()));
    }
    return UnreadReason{"is read only " + each.only + ", and " + join(are), each.deciding};
  }
  return std::nullopt;
}

bool train_alike(const Configuration& a, const Configuration& b) {
  if (drop_path_rate(a) != drop_path_rate(b) || images_a_pass(a.recipe) != images_a_pass(b.recipe)) return false;
  for (const config::Difference& each : config::diff_configurations(a, b)) {
    const std::string& field = each.pointer;
    // The same results by another way; elsewhere the data may be others.
    if (field.starts_with("/recipe/") && config::decides_nothing(field)) continue;
    // Of the model, the plan says the rest. Two fields of the recipe stand above by what they come to.
    if (field.starts_with("/model/") && field != "/model/initialization") continue;
    if (field == "/recipe/drop_path_rate" || field == "/recipe/micro_batch_size") continue;
    if (!why_unread(a, field) || !why_unread(b, field)) return false;
  }
  return plan_of(a) == plan_of(b);
}

}  // namespace staircase::experiment
