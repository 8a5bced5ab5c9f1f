#include "staircase/train/profile.h"

#include <algorithm>
#include <stdexcept>

#include "staircase/base/clock.h"
#include "staircase/data/micro_batches.h"
#include "staircase/nn/part_scope.h"
#include "staircase/train/batches.h"
#include "staircase/train/part_clock.h"
#include "staircase/train/run_state.h"
#include "staircase/train/step.h"
#include "staircase/train/task.h"

namespace staircase::train {
namespace {

using NextBatch = std::function<data::Batch()>;

/// Stands for the images that are in memory: only their number is asked for.
class NoDataset : public data::Dataset {
 public:
  explicit NoDataset(int64_t size) : size_(size) {}
  size_t size() const override { return static_cast<size_t>(size_); }
  data::Image image(size_t) const override { throw std::logic_error("NoDataset: has no images"); }
  int64_t label(size_t) const override { return 0; }
  std::string name(size_t) const override { return "random"; }

 private:
  int64_t size_;
};

/// The parts, longest first, and what the steps did beside them.
StepProfile profile_of(const std::map<std::string, PartTime>& times, double seconds, int64_t steps) {
  const double to_ms = 1000.0 / static_cast<double>(steps);
  StepProfile profile{{}, seconds * to_ms, steps};
  StepProfile::Part other{"other", profile.step_ms, 0};
  for (const auto& [name, time] : times) {
    const double ms = (time.forward_seconds + time.backward_seconds) * to_ms;
    profile.parts.push_back({name, ms, name == nn::backward_part ? ms : time.backward_seconds * to_ms});
    other.ms -= ms;
  }
  std::sort(profile.parts.begin(), profile.parts.end(), [](const auto& a, const auto& b) { return a.ms > b.ms; });
  profile.parts.push_back(other);
  return profile;
}

StepProfile profile_with(const TrainJob& job, const NextBatch& next, double seconds) {
  if (!job.device.is_cpu())
    throw std::invalid_argument("profile_steps: expected the CPU, received " + job.device.str());
  RunState state(job);
  state.start(job);
  state.model->train();
  StepGradients gradients(job, task_of(job));
  const auto take_step = [&] {
    gradients.take(*state.model, state.step++, next);
    const double small_learning_rate = 1e-5;
    state.optimizer->step(small_learning_rate);
    state.optimizer->clear_gradients();
    if (state.average) state.average->update();
  };
  constexpr int64_t fewest = 3;
  for (int64_t i = 0; i < fewest; ++i) take_step();
  PartClock clock;
  std::map<std::string, PartTime> times;
  int64_t steps = 0;
  double step_seconds = 0;
  const auto start = Clock::now();
  while (steps < fewest || seconds_since(start) < seconds) {
    clock.restart();
    const auto before = Clock::now();
    take_step();
    step_seconds += seconds_since(before);
    for (const auto& [name, time] : clock.times()) times[name] += time;
    ++steps;
  }
  return profile_of(times, step_seconds, steps);
}

}  // namespace

StepProfile profile_steps(const TrainJob& job, double seconds) {
  check_job(job);
  const auto loader = make_train_loader(job, job.configuration.recipe.micro_batch_size, {});
  int64_t epoch = 0;
  loader->begin(epoch);
  return profile_with(
      job,
      [&] {
        auto batch = loader->next();
        if (!batch) {
          loader->begin(++epoch);
          batch = loader->next();
        }
        return std::move(batch.value());
      },
      seconds);
}

StepProfile profile_steps_in_memory(const config::Configuration& configuration, double seconds) {
  TrainJob job;
  job.configuration = configuration;
  const config::RecipeOptions& recipe = configuration.recipe;
  job.data.class_names.resize(static_cast<size_t>(configuration.model.num_classes));
  job.data.channels = configuration.model.in_channels;
  job.data.train = std::make_shared<NoDataset>(recipe.batch_size);
  const int64_t side = configuration.data.image_size_px;
  const int64_t batches = data::count_micro_batches(recipe.batch_size, recipe.micro_batch_size);
  int64_t k = 0;
  const torch::Tensor images =
      torch::randn({recipe.batch_size, job.data.channels, side, side}).contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor labels = torch::zeros({recipe.batch_size}, torch::kLong);
  return profile_with(
      job,
      [&] {
        const data::MicroBatch micro = data::micro_batch_at(recipe.batch_size, recipe.micro_batch_size, k++ % batches);
        return data::Batch{images.slice(0, 0, micro.size), labels.slice(0, 0, micro.size), 0, micro.rows};
      },
      seconds);
}

}  // namespace staircase::train
