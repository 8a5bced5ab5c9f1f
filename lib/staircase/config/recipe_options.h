#pragma once

#include <cstdint>
#include <optional>

#include "staircase/config/fields.h"

namespace staircase::config {

/// What a network is trained for: to name the class of an image, or to fill in what was hidden of it.
enum class TaskKind { classification, masked_autoencoding };
/// What layer_decay counts: 12 groups of blocks, as published with ConvNeXt, or every block, as with ConvNeXt V2.
enum class LayerGroups { twelve, blocks };
enum class Optimizer { adamw, sgd };
enum class Schedule { cosine, step };
enum class Interpolation { bicubic, bilinear };
enum class Precision { fp32, bf16 };

template <>
inline constexpr std::array enum_names<TaskKind>{std::string_view("classification"),
                                                 std::string_view("masked_autoencoding")};
template <>
inline constexpr std::array enum_names<LayerGroups>{std::string_view("twelve"), std::string_view("blocks")};
template <>
inline constexpr std::array enum_names<Optimizer>{std::string_view("adamw"), std::string_view("sgd")};
template <>
inline constexpr std::array enum_names<Schedule>{std::string_view("cosine"), std::string_view("step")};
template <>
inline constexpr std::array enum_names<Interpolation>{std::string_view("bicubic"), std::string_view("bilinear")};
template <>
inline constexpr std::array enum_names<Precision>{std::string_view("fp32"), std::string_view("bf16")};

/// A rate, or the word "model": the rate that was published with the model.
struct ModelRate {
  std::optional<double> rate = 0.0;  ///< empty: "model"
  bool operator==(const ModelRate&) const = default;
};

/// How a network is trained. The defaults are the recipe `modern` (ConvNeXt-T on ImageNet-1K).
/// Source: Liu et al. 2022, arXiv:2201.03545, Table 5, and the code published with it.
struct RecipeOptions {
  TaskKind task = TaskKind::classification;
  double hidden_share = 0.6;
  int64_t decoder_width = 512;

  int64_t epochs = 300;
  int64_t batch_size = 4096;
  int64_t micro_batch_size = 0;
  Precision precision = Precision::fp32;
  bool checkpoint_activations = false;
  bool shard_optimizer = false;
  Precision gradient_exchange = Precision::fp32;
  int64_t eval_every_epochs = 1;
  int64_t data_order_seed = 0;

  Optimizer optimizer = Optimizer::adamw;
  double learning_rate = 4e-3;
  double momentum = 0.9;
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.05;
  bool decay_norms_and_biases = false;
  double clip_grad_norm = 0.0;

  double layer_decay = 1.0;
  LayerGroups layer_groups = LayerGroups::twelve;
  double head_init_scale = 1.0;

  Schedule schedule = Schedule::cosine;
  double warmup_epochs = 20;
  double warmup_learning_rate = 0.0;
  double min_learning_rate = 1e-6;
  int64_t step_epochs = 30;
  double step_factor = 0.1;

  ModelRate drop_path_rate{0.1};
  double label_smoothing = 0.1;
  double ema_decay = 0.9999;
  bool ema_warmup = false;

  double mixup_alpha = 0.8;
  double cutmix_alpha = 1.0;
  double mixing_probability = 1.0;

  double crop_area_min = 0.08;
  Interpolation interpolation = Interpolation::bicubic;
  double flip_probability = 0.5;
  int64_t small_image_padding = 4;
  int64_t repeated_augmentation = 1;
  int64_t rand_augment_operations = 2;
  double rand_augment_magnitude = 9;
  double rand_augment_std = 0.5;
  double rand_augment_probability = 0.5;
  double color_jitter = 0.4;
  double random_erasing = 0.25;
  double eval_crop_ratio = 0.875;

  bool operator==(const RecipeOptions&) const = default;

  static constexpr std::string_view title = "recipe";
  static constexpr auto fields() {
    using R = RecipeOptions;
    return std::make_tuple(
        field("task", &R::task, "to name classes, or to fill in hidden parts of images (pretraining, FCMAE)"),
        field("hidden_share", &R::hidden_share,
              "task masked_autoencoding: share of an image's cells that is hidden; a cell is what one position of the "
              "last stage stands for",
              range(0.01, 0.99)),
        field("decoder_width", &R::decoder_width, "task masked_autoencoding: channels of the decoder's one block",
              range(1, 65536)),
        field("epochs", &R::epochs, "passes over the training images", range(1, 100000)),
        field("batch_size", &R::batch_size, "images an optimizer step", range(1, 1 << 20)),
        field(
            "micro_batch_size", &R::micro_batch_size,
            "images a forward pass, an even number that divides batch_size; gradients are accumulated; 0: the whole batch",
            range(0, 1 << 20)),
        field("precision", &R::precision, "of the forward and backward pass; parameters stay fp32"),
        field("checkpoint_activations", &R::checkpoint_activations,
              "keep only the input of each block and compute the rest anew in the backward pass: less memory, a third "
              "more time, the same results"),
        field("shard_optimizer", &R::shard_optimizer,
              "of several processes each keeps, and updates by, a share of the optimizer's state and of the average "
              "alone (ZeRO-1): less memory, half as many bytes again to send, the same results"),
        field(
            "gradient_exchange", &R::gradient_exchange,
            "of the sums of gradients over micro-batches and processes: bf16 rounds each of them, whatever the number "
            "of processes, which then send half as many bytes"),
        field("eval_every_epochs", &R::eval_every_epochs, "evaluate after every so many epochs, and after the last",
              range(1, 100000)),
        field(
            "data_order_seed", &R::data_order_seed,
            "other than 0: images come in another order, all else being the same; a step that sets it alone is an A/A check",
            range(0, 9007199254740992.0)),
        field("optimizer", &R::optimizer, "adamw or sgd (with momentum)"),
        field("learning_rate", &R::learning_rate, "peak learning rate, absolute: not scaled by the batch",
              range(0, 1000)),
        field("momentum", &R::momentum, "sgd", range(0, 0.9999)), field("beta1", &R::beta1, "adamw", range(0, 0.99999)),
        field("beta2", &R::beta2, "adamw", range(0, 0.9999999)),
        field("epsilon", &R::epsilon, "adamw", range(1e-16, 1)),
        field("weight_decay", &R::weight_decay, "decoupled in adamw, added to the gradient in sgd", range(0, 10)),
        field("decay_norms_and_biases", &R::decay_norms_and_biases,
              "weight decay also on parameters with one dimension and biases"),
        field("clip_grad_norm", &R::clip_grad_norm, "largest norm of all gradients together; 0: no clipping",
              range(0, 1e9)),
        field("layer_decay", &R::layer_decay,
              "layer-wise: the learning rate of group i of 12 (stem 0, head 13) is multiplied by layer_decay^(13 - i)",
              range(0.01, 1)),
        field("layer_groups", &R::layer_groups,
              "of layer_decay: 12 groups, or each of n blocks one, block j from 0 with layer_decay^(n - j)"),
        field("head_init_scale", &R::head_init_scale, "multiplies the initial weights of a fresh head", range(0, 1000)),
        field("schedule", &R::schedule, "after warmup: cosine to min_learning_rate, or a step every step_epochs"),
        field("warmup_epochs", &R::warmup_epochs, "linear from warmup_learning_rate to learning_rate",
              range(0, 100000)),
        field("warmup_learning_rate", &R::warmup_learning_rate, "where the warmup starts", range(0, 1000)),
        field("min_learning_rate", &R::min_learning_rate, "where the cosine ends", range(0, 1000)),
        field("step_epochs", &R::step_epochs, "schedule step: epochs between steps", range(1, 100000)),
        field("step_factor", &R::step_factor, "schedule step: factor at each step", range(0, 1)),
        field("drop_path_rate", &R::drop_path_rate,
              "of the last block, linear over the blocks from 0; \"model\": the model's published rate",
              range(0, 0.99)),
        field("label_smoothing", &R::label_smoothing, "share of the target spread over all classes", range(0, 0.99)),
        field("ema_decay", &R::ema_decay, "of the exponential moving average of the weights; 0: no average",
              range(0, 0.9999999)),
        field("ema_warmup", &R::ema_warmup, "decay of step t at most 1 - (1 + t)^(-2/3), for short runs"),
        field("mixup_alpha", &R::mixup_alpha, "of mixup's Beta(alpha, alpha); 0: no mixup", range(0, 100)),
        field("cutmix_alpha", &R::cutmix_alpha, "of CutMix's Beta(alpha, alpha); 0: no CutMix", range(0, 100)),
        field("mixing_probability", &R::mixing_probability, "share of batches that are mixed at all", range(0, 1)),
        field("crop_area_min", &R::crop_area_min,
              "random resized crop: smallest share of the image's area; 1: no random crop", range(0.0001, 1)),
        field("interpolation", &R::interpolation, "of resizing, in training and evaluation"),
        field("flip_probability", &R::flip_probability, "horizontal flip", range(0, 1)),
        field("small_image_padding", &R::small_image_padding,
              "images of the right size and at most 32 px: random crop with this padding instead of the resized crop",
              range(0, 16)),
        field("repeated_augmentation", &R::repeated_augmentation,
              "times each drawn image stands in a row of draws, differently augmented", range(1, 16)),
        field("rand_augment_operations", &R::rand_augment_operations, "operations an image; 0: no RandAugment",
              range(0, 15)),
        field("rand_augment_magnitude", &R::rand_augment_magnitude, "mean strength", range(0, 10)),
        field("rand_augment_std", &R::rand_augment_std, "standard deviation of the strength", range(0, 10)),
        field("rand_augment_probability", &R::rand_augment_probability, "that a drawn operation is applied",
              range(0, 1)),
        field("color_jitter", &R::color_jitter, "brightness, contrast and saturation, only where RandAugment is off",
              range(0, 1)),
        field("random_erasing", &R::random_erasing, "probability of erasing one box", range(0, 1)),
        field("eval_crop_ratio", &R::eval_crop_ratio, "evaluation: size over the resized shorter side", range(0.1, 1)));
  }
};

}  // namespace staircase::config
