#include "staircase/execution/estimate.h"

#include <unistd.h>

#include <algorithm>
#include <map>

#include "staircase/base/clock.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/naming.h"
#include "staircase/plan/plan.h"
#include "staircase/train/schedule.h"

namespace staircase::execution {
namespace fs = std::filesystem;
namespace {

double forward_macs(const config::Configuration& c) {
  return static_cast<double>(plan::count_model(c.model, c.data.image_size_px).all_macs());
}

double forward_macs(const train::TrainJob& job) { return forward_macs(job.configuration); }

/// Of a step that is taken for its time alone: about a quarter of a second, on the CPU or on a GPU.
double macs_a_step(const train::TrainJob& job) { return job.device.is_cpu() ? 1e10 : 2e12; }

/// Of the smallest batch that every network trains on.
double smallest_step_macs(const config::Configuration& c) { return 2 * 3 * forward_macs(c); }

train::StepCount steps_of(const train::TrainJob& job) {
  return train::count_steps(job.configuration.recipe, static_cast<int64_t>(job.data.train->size()));
}

double training_images(const train::TrainJob& job) {
  return static_cast<double>(steps_of(job).total * job.configuration.recipe.batch_size);
}

/// Images that all evaluations of a run go through, the average's included.
double evaluated_images(const train::TrainJob& job) {
  const config::RecipeOptions& recipe = job.configuration.recipe;
  const int64_t evaluations = (recipe.epochs + recipe.eval_every_epochs - 1) / recipe.eval_every_epochs;
  const double images = static_cast<double>(job.data.val->size()) * static_cast<double>(evaluations) +
                        (job.data.test ? static_cast<double>(job.data.test->size()) : 0.0);
  return images * (recipe.ema_decay > 0 ? 2 : 1);
}

/// Those of a run, an evaluated one as a third.
double images_to_train(const train::TrainJob& job) { return training_images(job) + evaluated_images(job) / 3; }

/// Leaves the trainer when enough steps were timed, before it evaluates or writes a checkpoint.
class StepTimer : public train::TrainObserver {
 public:
  struct Enough {};

  StepTimer(int64_t steps_an_epoch, double most_seconds) : last_step_(steps_an_epoch), most_seconds_(most_seconds) {}

  void on_step(const train::StepReport& report) override {
    // The first step is slower: memory is taken and kernels are chosen. Meanwhile the loader goes ahead, so that the
    // next batches cost no loading. These count only where an epoch has no others.
    const int64_t most_ahead = 3, untimed = std::max<int64_t>(1, std::min(1 + most_ahead, last_step_ - 1));
    if (report.step <= untimed) {
      from_ = Clock::now();
      from_step_ = report.step;
    }
    const int64_t timed = report.step - from_step_, enough_steps = 3;
    const double seconds = seconds_since(from_), enough_seconds = 0.4;
    seconds_a_step = timed > 0 ? seconds / static_cast<double>(timed) : batch_size / report.images_per_second;
    if (report.step == last_step_ || timed >= enough_steps || (timed > 0 && seconds > enough_seconds) ||
        seconds_since(start_) > most_seconds_)
      throw Enough{};
  }

  double seconds_a_step = 0;
  double batch_size = 1;

 private:
  int64_t last_step_, from_step_ = 0;
  double most_seconds_;
  Clock::time_point start_ = Clock::now(), from_;
};

/// A folder that is gone when it is no longer needed.
class ScratchFolder {
 public:
  ScratchFolder() : path_(fs::temp_directory_path() / ("staircase-timing-" + std::to_string(::getpid()))) {}
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// What reading one image takes, by a few from all over the data.
double loading_seconds(const data::Dataset& dataset) {
  const size_t images = std::min<size_t>(4, dataset.size());
  const auto start = Clock::now();
  for (size_t i = 0; i < images; ++i) {
    try {
      dataset.image(i * dataset.size() / images);
    } catch (const data::BadImage&) {  // a run passes over it
    }
  }
  return seconds_since(start) / static_cast<double>(images);
}

/// The same with images of half the side; empty: the network takes none.
std::optional<config::Configuration> with_half_the_side(config::Configuration c) {
  const bool follows = plan::has_position_table(c.model) && c.model.image_size_px == c.data.image_size_px;
  c.data.image_size_px /= 2;
  if (follows) c.model.image_size_px = c.data.image_size_px;
  try {
    forward_macs(c);
    return c;
  } catch (const RequestError&) {
    return std::nullopt;
  }
}

/// The job with images so small that a step of two takes a second or two; its own where they are, or where its network
/// takes no smaller ones.
train::TrainJob with_small_images(train::TrainJob job) {
  while (smallest_step_macs(job.configuration) > 5 * macs_a_step(job)) {
    const auto smaller = with_half_the_side(job.configuration);
    if (!smaller) break;
    job.configuration = *smaller;
  }
  return job;
}

/// The job with batches of which a step takes well under a second, loading included.
train::TrainJob with_small_batches(train::TrainJob job) {
  config::RecipeOptions& recipe = job.configuration.recipe;
  const double loading_a_step = 0.2;
  const double by_macs = macs_a_step(job) / std::max(1.0, 3 * forward_macs(job));
  const double by_loading = loading_a_step * job.loader_workers / std::max(1e-6, loading_seconds(*job.data.train));
  const int64_t whole = recipe.micro_batch_size > 0 ? recipe.micro_batch_size : recipe.batch_size;
  recipe.batch_size = std::min(whole, std::max<int64_t>(2, static_cast<int64_t>(std::min(by_macs, by_loading))));
  recipe.micro_batch_size = 0;
  return job;
}

}  // namespace

double training_macs(const train::TrainJob& job) { return 3 * forward_macs(job) * training_images(job); }

std::optional<double> time_image(const train::TrainJob& wanted, double most_seconds) {
  const ScratchFolder folder;
  const std::atomic<bool> never{false};
  try {
    train::TrainJob job = with_small_images(wanted);
    const double longest_step = 200;  // times one of a quarter of a second
    if (smallest_step_macs(job.configuration) > longest_step * macs_a_step(job)) return std::nullopt;
    job = with_small_batches(std::move(job));
    job.folder = folder.path();
    StepTimer timer(steps_of(job).per_epoch, most_seconds);
    timer.batch_size = static_cast<double>(job.configuration.recipe.batch_size);
    try {
      train::train(job, timer, never);
    } catch (const StepTimer::Enough&) {
      return timer.seconds_a_step / timer.batch_size * forward_macs(wanted) / forward_macs(job);
    }
  } catch (const std::exception&) {  // a run that fails says so when it is run
  }
  return std::nullopt;
}

std::optional<double> time_run(const train::TrainJob& job, double most_seconds) {
  const auto an_image = time_image(job, most_seconds);
  return an_image ? std::optional<double>(*an_image * images_to_train(job)) : std::nullopt;
}

WorkEstimate estimate_work(std::vector<PlannedRun> runs, double cap_seconds,
                           const std::function<void(const std::string&)>& say, const GroupLink& link) {
  WorkEstimate estimate;
  const auto start = Clock::now();
  std::map<std::string, std::optional<double>> timed;
  double known_seconds = 0, known_macs = 0;
  for (PlannedRun& run : runs) {
    const std::string name = config::content_name(run.job.configuration);
    const double left = cap_seconds - seconds_since(start);
    if (!run.seconds && !timed.count(name) && left > 0) {
      if (timed.empty() && say)
        say("timing a few training steps, for " + decimals(cap_seconds, 0) +
            " s at most, to tell how long the runs take");
      const auto an_image = time_image(run.job, left);
      timed[name] = std::nullopt;
      if (an_image) timed[name] = *an_image * images_to_train(run.job) / static_cast<double>(link.processes);
      if (an_image && link.processes > 1) {
        GroupStep step = estimate_group_step(run.job, *an_image, link);
        *timed[name] += (step.seconds() - step.compute_seconds) * static_cast<double>(steps_of(run.job).total);
        step.row = run.row;
        estimate.group_steps.push_back(std::move(step));
      }
    }
    if (!run.seconds && timed.count(name)) run.seconds = timed[name];
    const double macs = training_macs(run.job);
    estimate.training_macs += macs;
    if (!run.seconds) continue;
    known_seconds += *run.seconds;
    known_macs += macs;
  }
  if (runs.empty()) estimate.expected_hours = 0.0;
  else if (known_macs > 0) estimate.expected_hours = known_seconds / 3600 * estimate.training_macs / known_macs;
  return estimate;
}

}  // namespace staircase::execution
