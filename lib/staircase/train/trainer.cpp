#include "staircase/train/trainer.h"

#include <chrono>
#include <cmath>
#include <map>
#include <optional>

#include <ATen/Parallel.h>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/config/json_lines.h"
#include "staircase/config/recipes.h"
#include "staircase/formats/safetensors.h"
#include "staircase/interop/model_file.h"
#include "staircase/nn/libtorch.h"
#include "staircase/plan/plan.h"
#include "staircase/train/batches.h"
#include "staircase/train/benchmark.h"
#include "staircase/train/evaluate.h"
#include "staircase/train/run_state.h"
#include "staircase/train/schedule.h"
#include "staircase/train/start.h"

namespace staircase::train {
namespace {

using config::Json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void add_scores(Json& line, const Scores& scores, const std::string& suffix) {
  line["top1" + suffix] = scores.top1;
  line["top5" + suffix] = scores.top5;
  line["loss" + suffix] = scores.loss;
}

class Run {
 public:
  Run(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop)
      : job_(job),
        recipe_(job.configuration.recipe),
        observer_(observer),
        stop_(stop),
        checkpoints_(job.folder / "checkpoints"),
        state_(job),
        steps_(count_steps(recipe_, static_cast<int64_t>(job.data.train->size()))),
        train_loader_(loader_of(job.data.train, data::LoaderMode::train, recipe_.batch_size)) {}

  Json execute() {
    if (auto checkpoint = checkpoints_.load_newest([&](const std::string& text) { observer_.on_warning(text); })) {
      state_.restore(*checkpoint, job_);
      train_loader_->restore_bad_images(state_.bad_images);
    } else {
      state_.start(job_);
    }
    last_checkpoint_ = Clock::now();
    while (state_.epoch < recipe_.epochs) {
      train_epoch();
      finish_epoch();
    }
    return finish();
  }

 private:
  std::unique_ptr<data::Loader> loader_of(const std::shared_ptr<const data::Dataset>& dataset, data::LoaderMode mode,
                                          int64_t batch_size) {
    return make_loader(job_, dataset, mode, batch_size,
                       [this](const std::string& text) { observer_.on_warning(text); });
  }

  void train_epoch() {
    state_.model->train();
    epoch_start_ = Clock::now();
    epoch_batches_ = 0;
    if (state_.batch < steps_.per_epoch) train_loader_->begin(state_.epoch, state_.batch);
    while (state_.batch < steps_.per_epoch) {
      const auto batch = train_loader_->next();
      if (!batch) throw std::logic_error("the loader ended before the epoch did");
      const double rate = learning_rate_at(recipe_, steps_, state_.step);
      const double loss = train_step(*batch, rate);
      state_.loss_sum += loss;
      ++state_.batch;
      ++state_.step;
      ++epoch_batches_;
      report_step(loss, rate);
      save_when_due();
    }
    train_seconds_ = seconds_since(epoch_start_);
  }

  /// One optimizer step, in micro-batches where the recipe asks for them. Returns the mean loss.
  double train_step(const data::Batch& batch, double learning_rate) {
    const auto seed = static_cast<uint64_t>(job_.seed);
    const Mix mix = draw_mix_of_step(job_, state_.step, batch.images);
    const torch::Tensor images = mix_images(batch.images, mix);
    const torch::Tensor targets =
        mix_targets(batch.labels, state_.model->options().num_classes, recipe_.label_smoothing, mix);
    const int64_t size = images.size(0), micro = recipe_.micro_batch_size ? recipe_.micro_batch_size : size;
    double loss_sum = 0;
    for (int64_t first = 0; first < size; first += micro) {
      const int64_t end = std::min(first + micro, size);
      const double share = static_cast<double>(end - first) / static_cast<double>(size);
      state_.model->set_step({seed, state_.step, first});
      const torch::Tensor loss = forward_loss(images.slice(0, first, end), targets.slice(0, first, end)) * share;
      loss_sum += loss.item<double>();
      check_finite(loss_sum, "the loss", state_.step + 1);
      loss.backward();
    }
    state_.optimizer->step(learning_rate);
    state_.optimizer->clear_gradients();
    if (state_.average) state_.average->update();
    return loss_sum;
  }

  torch::Tensor forward_loss(const torch::Tensor& images, const torch::Tensor& targets) {
    const nn::Bfloat16Scope bf16(recipe_.precision == config::Precision::bf16, job_.device.type());
    const torch::Tensor logits = state_.model->forward(images.to(job_.device));
    return soft_cross_entropy(logits.to(torch::kFloat), targets.to(job_.device));
  }

  void check_finite(double loss, const std::string& what, int64_t step) const {
    if (std::isfinite(loss)) return;
    throw std::runtime_error(what + " is not finite at step " + std::to_string(step) + " (epoch " +
                             std::to_string((step - 1) / steps_.per_epoch + 1) +
                             "): a lower /recipe/learning_rate, a longer /recipe/warmup_epochs or "
                             "/recipe/clip_grad_norm may help");
  }

  void report_step(double loss, double learning_rate) {
    const double seconds = seconds_since(epoch_start_), a_step = seconds / static_cast<double>(epoch_batches_);
    StepReport report;
    report.epoch = state_.epoch + 1;
    report.epochs = recipe_.epochs;
    report.step = state_.step;
    report.steps = steps_.total;
    report.loss = loss;
    report.learning_rate = learning_rate;
    report.images_per_second = static_cast<double>(recipe_.batch_size) / a_step;
    report.seconds_left = a_step * static_cast<double>(steps_.total - state_.step);
    observer_.on_step(report);
  }

  void save_checkpoint() {
    state_.bad_images = train_loader_->bad_images();
    checkpoints_.save(state_.step, state_.to_checkpoint(job_));
    last_checkpoint_ = Clock::now();
  }

  /// Stops where asked to, with everything saved; otherwise saves when the last time is long ago.
  void save_when_due() {
    if (stop_) {
      save_checkpoint();
      throw Interrupted("stopped at step " + std::to_string(state_.step) + " of " + std::to_string(steps_.total) +
                        ", the same command goes on from there");
    }
    if (seconds_since(last_checkpoint_) > 60.0 * job_.checkpoint_minutes) save_checkpoint();
  }

  Scores score(nn::Classifier& model, const std::shared_ptr<const data::Dataset>& dataset) {
    const int64_t eval_batch = 128;
    auto& loader = eval_loaders_[dataset.get()];  // kept: it names a damaged image once
    if (!loader) loader = loader_of(dataset, data::LoaderMode::eval, eval_batch);
    const Scores scores = evaluate(model, *loader, job_.device, recipe_.precision, [this] {
      if (stop_) save_when_due();
    });
    check_finite(scores.loss, "the loss of the evaluation", state_.step);
    return scores;
  }

  void add_all_scores(Json& line, const std::shared_ptr<const data::Dataset>& dataset, const std::string& prefix) {
    Json scores = Json::object();
    const Scores raw = score(*state_.model, dataset);
    add_scores(scores, raw, "");
    if (state_.average) add_scores(scores, score(*state_.average->model(), dataset), "_ema");
    scores["images"] = raw.images;
    for (const auto& [key, value] : scores.items()) line[prefix + key] = value;
  }

  void finish_epoch() {
    const auto eval_start = Clock::now();
    const int64_t epoch = state_.epoch + 1;
    Json line = {{"epoch", epoch},
                 {"step", state_.step},
                 {"train_loss", state_.loss_sum / static_cast<double>(steps_.per_epoch)},
                 {"learning_rate", learning_rate_at(recipe_, steps_, state_.step - 1)}};
    if (epoch % recipe_.eval_every_epochs == 0 || epoch == recipe_.epochs) add_all_scores(line, job_.data.val, "");
    state_.metrics.push_back(line);
    ++state_.epoch;
    state_.batch = 0;
    state_.loss_sum = 0;
    save_checkpoint();
    write_metrics();
    append_timing(epoch, seconds_since(eval_start));
    observer_.on_epoch(line);
  }

  /// The checkpoint holds the lines, so the file never shows more than can be gone on from.
  void write_metrics() const {
    std::string lines;
    for (const Json& line : state_.metrics) lines += line.dump() + "\n";
    write_file_atomically(job_.folder / "metrics.jsonl", lines);
  }

  void append_timing(int64_t epoch, double eval_seconds) const {
    if (epoch_batches_ == 0) return;  // gone on after the last step of an epoch: nothing was timed
    const Json line = {{"epoch", epoch},
                       {"train_seconds", train_seconds_},
                       {"train_images", epoch_batches_ * recipe_.batch_size},
                       {"eval_seconds", eval_seconds},
                       {"peak_memory_mb", peak_memory_mb()}};
    config::append_json_line(job_.folder / "timing.jsonl", line);
  }

  /// For reports. A clock decides it, so it stands in no file that two runs are compared by.
  void append_latency(nn::Classifier& model) const {
    BenchmarkOptions options;
    options.image_size_px = job_.configuration.data.image_size_px;
    options.precision = recipe_.precision;
    options.device = job_.device;
    options.seconds = 1.0;
    const int64_t most_runs = 30;
    const Latency latency = measure_latency(model, options, most_runs);
    config::append_json_line(job_.folder / "timing.jsonl",
                             {{"latency_ms", latency.median_ms}, {"latency_runs", latency.runs}});
  }

  Json finish() {
    write_metrics();
    const plan::ModelCounts counts = plan::count_model(job_.configuration.model, job_.configuration.data.image_size_px);
    Json summary = state_.metrics.back();
    summary["params"] = counts.params;
    summary["macs"] = counts.macs;
    if (job_.data.test) add_all_scores(summary, job_.data.test, "test_");
    summary["bad_images"] = state_.bad_images.size();
    nn::Classifier& final_model = state_.average ? *state_.average->model() : *state_.model;
    interop::write_model_file(job_.folder / "weights.safetensors", final_model, job_.configuration,
                              job_.data.class_names, state_.average ? "ema" : "raw");
    append_latency(final_model);
    write_file_atomically(job_.folder / "summary.json", summary.dump(2) + "\n");
    checkpoints_.clear();
    return summary;
  }

  const TrainJob& job_;
  const config::RecipeOptions& recipe_;
  TrainObserver& observer_;
  const std::atomic<bool>& stop_;
  CheckpointStore checkpoints_;
  RunState state_;
  StepCount steps_;
  std::unique_ptr<data::Loader> train_loader_;
  std::map<const data::Dataset*, std::unique_ptr<data::Loader>> eval_loaders_;
  Clock::time_point epoch_start_, last_checkpoint_;
  int64_t epoch_batches_ = 0;
  double train_seconds_ = 0;
};

}  // namespace

void check_job(const TrainJob& job) {
  const config::Configuration& c = job.configuration;
  config::check_recipe(c.recipe, {"", "/recipe"});
  plan::count_layers(plan::plan_model(c.model), c.data.image_size_px);
  read_initial_weights(c.init, c.model);
  const auto images = static_cast<int64_t>(job.data.train->size());
  if (images < c.recipe.batch_size)
    throw RequestError("/recipe/batch_size: found " + std::to_string(c.recipe.batch_size) + ", allowed is at most " +
                       std::to_string(images) + ", the number of training images");
  const auto classes = static_cast<int64_t>(job.data.class_names.size());
  if (classes != c.model.num_classes || job.data.channels != c.model.in_channels)
    throw RequestError("/data: has " + std::to_string(classes) + " classes and " + std::to_string(job.data.channels) +
                       " channels, but the network is made for " + std::to_string(c.model.num_classes) + " and " +
                       std::to_string(c.model.in_channels));
  const double size = static_cast<double>(c.data.image_size_px), most_gib = 256;
  const double gib =
      static_cast<double>(c.recipe.batch_size * job.data.channels) * size * size * sizeof(float) / (1 << 30);
  if (gib > most_gib)
    throw RequestError("/recipe/batch_size: " + std::to_string(c.recipe.batch_size) +
                       " images with /data/image_size_px " + std::to_string(c.data.image_size_px) + " take " +
                       std::to_string(static_cast<int64_t>(gib)) + " GiB, allowed are at most " +
                       std::to_string(static_cast<int64_t>(most_gib)));
  const int64_t micro = c.recipe.micro_batch_size ? c.recipe.micro_batch_size : c.recipe.batch_size;
  if (c.model.norm == config::Norm::batch && micro < 2)
    throw RequestError("/recipe/batch_size: 1 cannot go with /model/norm batch, which needs at least 2 images a step");
}

Json train(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop) {
  check_job(job);
  at::set_num_threads(job.threads);
  make_folder(job.folder);
  return Run(job, observer, stop).execute();
}

}  // namespace staircase::train
