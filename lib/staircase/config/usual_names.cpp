#include "staircase/config/usual_names.h"

#include <algorithm>
#include <string_view>

#include "staircase/base/text.h"

namespace staircase::config {
namespace {

/// What fields are called in papers, other trainers and daily speech, between spaces.
struct UsualNames {
  std::string_view pointer, names;

  constexpr std::string_view field() const { return pointer.substr(pointer.rfind('/') + 1); }
  bool has(const std::string& name) const { return names.find(" " + name + " ") != std::string_view::npos; }
};
constexpr UsualNames usual_names[] = {
    {"/recipe/learning_rate", " lr base_lr init_lr initial_lr max_lr peak_lr lr0 rate learningrate "},
    {"/recipe/min_learning_rate", " min_lr lr_min eta_min final_lr lrf "},
    {"/recipe/warmup_learning_rate", " warmup_lr warmup_start_lr "},
    {"/recipe/weight_decay", " wd l2 decay weightdecay "},
    {"/recipe/batch_size", " bs batch batchsize batch_size_per_gpu train_batch_size images_per_batch "},
    {"/recipe/micro_batch_size",
     " accumulate accumulation accumulation_steps grad_accum gradient_accumulation gradient_accumulation_steps "
     "accum_iter update_freq microbatch "},
    {"/recipe/epochs", " epoch n_epochs num_epochs nb_epochs max_epochs train_epochs "},
    {"/recipe/warmup_epochs", " warmup warm_up warmup_epoch "},
    {"/recipe/optimizer", " opt optim optimiser "},
    {"/recipe/schedule", " sched scheduler lr_schedule lr_scheduler lr_policy "},
    {"/recipe/precision", " amp dtype fp16 bf16 half mixed_precision "},
    {"/recipe/checkpoint_activations",
     " checkpoint checkpointing activation_checkpointing gradient_checkpointing grad_checkpointing use_checkpoint "
     "with_cp recompute "},
    {"/recipe/shard_optimizer", " zero zero1 zero_1 zero_stage zero_optimization sharded_optimizer fsdp deepspeed "},
    {"/recipe/gradient_exchange",
     " compress compression comm_hook ddp_comm_hook gradient_compression reduce_dtype "
     "grad_reduce_dtype communication_dtype "},
    {"/recipe/label_smoothing", " smoothing ls "},
    {"/recipe/ema_decay", " ema model_ema model_ema_decay ema_momentum "},
    {"/recipe/mixup_alpha", " mixup "},
    {"/recipe/cutmix_alpha", " cutmix "},
    {"/recipe/drop_path_rate", " drop_path droppath stochastic_depth drop_connect "},
    {"/recipe/rand_augment_magnitude", " randaug randaugment rand_augment auto_augment aa ra_magnitude "},
    {"/recipe/rand_augment_operations", " randaug randaugment rand_augment num_ops ra_num_ops "},
    {"/recipe/random_erasing", " reprob erasing random_erase cutout "},
    {"/recipe/clip_grad_norm", " clip clip_grad grad_clip gradient_clip max_grad_norm max_norm gradient_clip_val "},
    {"/recipe/layer_decay", " llrd layer_wise_decay layerwise_decay "},
    {"/recipe/flip_probability", " flip hflip horizontal_flip "},
    {"/recipe/eval_crop_ratio", " crop_pct crop_ratio "},
    {"/recipe/crop_area_min", " min_scale scale crop_scale crop_min "},
    {"/recipe/epsilon", " eps adam_epsilon "},
    {"/recipe/beta1", " betas adam_beta1 "},
    {"/recipe/beta2", " betas adam_beta2 "},
    {"/seeds", " seed "},
    {"/loader_workers", " workers num_workers n_workers dataloader_workers "},
    {"/threads", " num_threads n_threads cpu_threads "},
    {"/data/image_size_px", " image_size img_size imgsz input_size size resolution "},
    {"/data/path", " dir folder root data_dir data_path dataset directory "},
    {"/data/kind", " type dataset format "},
    {"/init/weights", " pretrained checkpoint ckpt resume weight init_from "},
    {"/init/new_head", " head reset_head fresh_head replace_head "},
    {"/init/freeze", " frozen freeze_backbone trainable "},
    {"/model/kernel_size", " kernel ks window window_size "},
    {"/model/position_embedding", " pos_embed position_encoding positional_embedding positional_encoding "},
    {"/model/pooling", " global_pool pool "},
    {"/model/spatial", " token_mixer mixer "},
    {"/model/activation", " act act_layer nonlinearity "},
    {"/model/norm", " norm_layer normalization normalisation "},
    {"/model/width", " dim dims embed_dim channels "},
    {"/model/num_classes", " classes nb_classes n_classes "},
    {"/model/expansion", " mlp_ratio ratio bottleneck "},
    {"/model/layer_scale_init", " layer_scale ls_init_value gamma "},
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
  add(wanted);
  for (const UsualNames& each : usual_names)
    if (each.has(wanted)) add(each.field());
  if (!likely.empty() || !likely_elsewhere(key).empty()) return likely;
  if (const std::string nearest = nearest_name(wanted, known); !nearest.empty()) return {nearest};
  for (const std::string& field : known)
    if (likely.size() < 3 && is_akin(wanted, field)) add(field);
  return likely;
}

std::vector<std::string> likely_elsewhere(const std::string& key) {
  const std::string wanted = plain(key);
  std::vector<std::string> pointers;
  for (const UsualNames& each : usual_names)
    if (each.field() == wanted || each.has(wanted)) pointers.emplace_back(each.pointer);
  return pointers;
}

}  // namespace staircase::config
