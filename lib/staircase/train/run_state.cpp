#include "staircase/train/run_state.h"

#include <cstring>
#include <map>

#include "staircase/base/errors.h"
#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/config/naming.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/task.h"

namespace staircase::train {
namespace {

/// What a checkpoint belongs to; a run with another identity must not go on from it. Wherever the data lie, and
/// whichever fields came later: the run's folder answers for the data.
config::Json identity(const TrainJob& job, int64_t format = config::newest_format) {
  return {
      {"configuration", config::content_name(job.configuration, format)}, {"seed", job.seed}, {"threads", job.threads}};
}

void check_identity(const config::Json& state, const TrainJob& job) {
  bool known = false;  // by the rule of a version that wrote checkpoints
  for (int64_t format = 1; format <= config::newest_format; ++format)
    known = known || state.at("identity") == identity(job, format);
  if (!known)
    throw RequestError((job.folder / "checkpoints").string() + ": holds a checkpoint of another run: found " +
                       state.at("identity").dump() + ", expected " + identity(job).dump());
}

using SavedTensors = std::map<std::string, torch::Tensor>;

SavedTensors tensors_of(const Checkpoint& checkpoint) {
  return {checkpoint.file.tensors.begin(), checkpoint.file.tensors.end()};
}

bool leads(const TrainJob& job) { return !job.group || job.group->leads(); }

}  // namespace

void check_checkpoint(const TrainJob& job) {
  if (const auto state = CheckpointStore(job.folder / "checkpoints").newest_state()) check_identity(*state, job);
}

RunState::RunState(const TrainJob& job) {
  const config::RecipeOptions& recipe = job.configuration.recipe;
  model = network_of(job);
  model->to(job.device);
  model->freeze(job.configuration.init.freeze);
  model->set_drop_path(recipe.drop_path_rate.rate.value_or(job.configuration.model_drop_path_rate));
  model->set_checkpoint_activations(recipe.checkpoint_activations);
  shares = Shares(*model, recipe.shard_optimizer ? job.group.get() : nullptr);
  optimizer = std::make_unique<Optimizer>(*model, recipe, shares);
  if (recipe.ema_decay > 0)
    average = std::make_unique<WeightAverage>(model, recipe.ema_decay, recipe.ema_warmup, shares);
}

LoadedWeights RunState::start(const TrainJob& job) {
  const LoadedWeights loaded = fill_weights(*model, static_cast<uint64_t>(job.seed), job.configuration.init,
                                            job.configuration.recipe, job.data.class_names);
  if (average) average->restart();
  return loaded;
}

std::vector<KeptTensor> RunState::tensors() const {
  std::vector<KeptTensor> all;
  const auto add = [&all](const std::string& part, const std::vector<KeptTensor>& tensors) {
    for (const KeptTensor& each : tensors) all.push_back({part + each.name, each.keeper, each.tensor, each.sizes});
  };
  for (const auto& item : nn::named_state(*model))
    all.push_back({"model." + item.name, everybody, item.tensor, item.tensor.sizes().vec()});
  add("optimizer.", optimizer->state());
  if (average) add("average.", average->state());
  return all;
}

config::Json RunState::counters(const TrainJob& job) const {
  return {{"identity", identity(job)},
          {"epoch", epoch},
          {"batch", batch},
          {"step", step},
          {"loss_sum", loss_sum},
          {"optimizer_steps", optimizer->steps_done()},
          {"average_updates", average ? average->updates() : 0},
          {"bad_images", bad_images},
          {"metrics", metrics}};
}

Checkpoint RunState::to_checkpoint(const TrainJob& job) const {
  Checkpoint checkpoint;
  if (!leads(job) && !shares.are_several()) return checkpoint;
  if (leads(job)) checkpoint.state = counters(job);
  for (const KeptTensor& each : tensors()) {
    const torch::Tensor values = shares.at_lead(each);
    if (leads(job)) checkpoint.file.tensors.emplace_back(each.name, values);
  }
  return checkpoint;
}

void RunState::restore(const Checkpoint& checkpoint, const TrainJob& job) {
  const torch::NoGradGuard no_grad;
  const std::string where = (job.folder / "checkpoints").string();
  check_identity(checkpoint.state, job);
  const SavedTensors saved = tensors_of(checkpoint);
  for (KeptTensor& each : tensors()) {
    const auto found = saved.find(each.name);
    if (found == saved.end() || found->second.sizes() != torch::IntArrayRef(each.sizes))
      throw RequestError(where + ": holds a checkpoint of another model: the tensor " + each.name + " is " +
                         (found == saved.end() ? "missing" : "of another shape"));
    if (each.tensor.defined()) each.tensor.copy_(found->second);
  }
  restore_counters(checkpoint.state);
}

void RunState::restore_counters(const config::Json& state) {
  epoch = state.at("epoch").get<int64_t>();
  batch = state.at("batch").get<int64_t>();
  step = state.at("step").get<int64_t>();
  loss_sum = state.at("loss_sum").get<double>();
  optimizer->set_steps_done(state.at("optimizer_steps").get<int64_t>());
  if (average) average->set_updates(state.at("average_updates").get<int64_t>());
  bad_images = state.at("bad_images").get<std::set<size_t>>();
  metrics = state.at("metrics");
}

void RunState::share(const TrainJob& job, const std::optional<Checkpoint>& restored) {
  const torch::NoGradGuard no_grad;
  processes::ProcessGroup& group = *job.group;
  const bool from_checkpoint = !group.broadcast(restored ? "a checkpoint" : "").empty();
  const SavedTensors saved = restored ? tensors_of(*restored) : SavedTensors();
  for (KeptTensor& each : tensors()) {
    if (each.keeper != everybody) {
      if (from_checkpoint) shares.hand_over(each, group.leads() ? saved.at(each.name) : torch::Tensor());
      continue;
    }
    torch::Tensor values = each.tensor.detach().to(torch::kCPU).contiguous();
    group.broadcast(values);
    if (!group.leads()) each.tensor.copy_(values);
  }
  if (!from_checkpoint && average) average->restart();  // from the weights that all have now
  const std::string text = group.broadcast(counters(job).dump());
  if (!group.leads()) restore_counters(config::Json::parse(text));
}

std::string RunState::fingerprint() const {
  uint64_t hash = 0;
  for (const KeptTensor& each : tensors()) {
    if (each.keeper != everybody) continue;
    const torch::Tensor bytes = each.tensor.detach().to(torch::kCPU).contiguous();
    const auto* at = static_cast<const char*>(bytes.data_ptr());
    for (size_t left = bytes.nbytes(); left > 0;) {
      uint64_t word = 0;
      const size_t count = std::min(left, sizeof word);
      std::memcpy(&word, at, count);
      hash = mix_key({hash, word});
      at += count;
      left -= count;
    }
  }
  return hexadecimal(hash, 16);
}

}  // namespace staircase::train
