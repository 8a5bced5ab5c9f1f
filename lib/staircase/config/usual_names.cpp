#include "staircase/config/usual_names.h"

#include <algorithm>
#include <string_view>

#include "staircase/base/text.h"

namespace staircase::config {
namespace {

/// What fields are called in papers, other trainers and daily speech, between spaces.
constexpr struct {
  std::string_view field, names;
} usual_names[] = {
    {"learning_rate", " lr base_lr init_lr initial_lr max_lr peak_lr lr0 rate learningrate "},
    {"min_learning_rate", " min_lr lr_min eta_min final_lr lrf "},
    {"warmup_learning_rate", " warmup_lr warmup_start_lr "},
    {"weight_decay", " wd l2 decay weightdecay "},
    {"batch_size", " bs batch batchsize batch_size_per_gpu train_batch_size images_per_batch "},
    {"micro_batch_size",
     " accumulate accumulation accumulation_steps grad_accum gradient_accumulation gradient_accumulation_steps "
     "accum_iter update_freq microbatch "},
    {"epochs", " epoch n_epochs num_epochs nb_epochs max_epochs train_epochs "},
    {"warmup_epochs", " warmup warm_up warmup_epoch "},
    {"optimizer", " opt optim optimiser "},
    {"schedule", " sched scheduler lr_schedule lr_scheduler lr_policy "},
    {"precision", " amp dtype fp16 bf16 half mixed_precision "},
    {"label_smoothing", " smoothing ls "},
    {"ema_decay", " ema model_ema model_ema_decay ema_momentum "},
    {"mixup_alpha", " mixup "},
    {"cutmix_alpha", " cutmix "},
    {"drop_path_rate", " drop_path droppath stochastic_depth drop_connect "},
    {"rand_augment_magnitude", " randaug randaugment rand_augment auto_augment aa ra_magnitude "},
    {"rand_augment_operations", " randaug randaugment rand_augment num_ops ra_num_ops "},
    {"random_erasing", " reprob erasing random_erase cutout "},
    {"clip_grad_norm", " clip clip_grad grad_clip gradient_clip max_grad_norm max_norm gradient_clip_val "},
    {"layer_decay", " llrd layer_wise_decay layerwise_decay "},
    {"flip_probability", " flip hflip horizontal_flip "},
    {"eval_crop_ratio", " crop_pct crop_ratio "},
    {"crop_area_min", " min_scale scale crop_scale crop_min "},
    {"epsilon", " eps adam_epsilon "},
    {"beta1", " betas adam_beta1 "},
    {"beta2", " betas adam_beta2 "},
    {"seeds", " seed "},
    {"loader_workers", " workers num_workers n_workers dataloader_workers "},
    {"threads", " num_threads n_threads cpu_threads "},
    {"image_size_px", " image_size img_size imgsz input_size size resolution "},
    {"path", " dir folder root data_dir data_path dataset directory "},
    {"kind", " type dataset format "},
    {"weights", " pretrained checkpoint ckpt resume weight init_from "},
    {"new_head", " head reset_head fresh_head replace_head "},
    {"freeze", " frozen freeze_backbone trainable "},
    {"kernel_size", " kernel ks "},
    {"activation", " act act_layer nonlinearity "},
    {"norm", " norm_layer normalization normalisation "},
    {"width", " dim dims embed_dim channels "},
    {"num_classes", " classes nb_classes n_classes "},
    {"expansion", " mlp_ratio ratio bottleneck "},
    {"layer_scale_init", " layer_scale ls_init_value gamma "},
};

std::string plain(std::string key) {
  for (char& c : key) c = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return key;
}

/// Whether a field has a word of the key in it, or the key is made of its first letters.
bool is_akin(const std::string& key, const std::string& field) {
  std::string initials, word;
  for (const char c : field + "_") {
    if (c != '_') {
      word += c;
      continue;
    }
    if (!word.empty()) initials += word[0];
    if (word.size() > 2 && key.find(word) != std::string::npos) return true;
    word.clear();
  }
  return initials == key || (key.size() > 2 && field.find(key) != std::string::npos);
}

}  // namespace

std::vector<std::string> likely_fields(const std::string& key, const std::vector<std::string>& known) {
  const std::string wanted = plain(key);
  std::vector<std::string> likely;
  const auto add = [&](std::string_view field) {
    const bool is_new = std::find(likely.begin(), likely.end(), field) == likely.end();
    if (is_new && std::find(known.begin(), known.end(), field) != known.end()) likely.emplace_back(field);
  };
  for (const auto& [field, names] : usual_names)
    if (names.find(" " + wanted + " ") != std::string_view::npos) add(field);
  if (!likely.empty()) return likely;
  if (const std::string nearest = nearest_name(wanted, known); !nearest.empty()) return {nearest};
  for (const std::string& field : known)
    if (likely.size() < 3 && is_akin(wanted, field)) add(field);
  return likely;
}

}  // namespace staircase::config
