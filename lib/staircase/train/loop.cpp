#include "staircase/train/loop.h"

#include <utility>

#include "staircase/base/errors.h"
#include "staircase/plan/plan.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/batches.h"
#include "staircase/train/evaluate.h"
#include "staircase/train/gather.h"
#include "staircase/train/start_report.h"

namespace staircase::train {

using config::Json;

TrainLoop::TrainLoop(const TrainJob& job, TrainObserver& observer, const std::atomic<bool>& stop)
    : job_(job),
      recipe_(job.configuration.recipe),
      observer_(observer),
      stop_(stop),
      task_(task_of(job)),
      steps_(count_steps(recipe_, static_cast<int64_t>(job.data.train->size()))),
      checkpoints_(job.folder / "checkpoints"),
      files_(job),
      state_(job),
      gradients_(job, task_),
      train_loader_(make_train_loader(job, recipe_.micro_batch_size, warn())) {}

std::function<void(const std::string&)> TrainLoop::warn() const {
  return [this](const std::string& text) {
    if (leads()) observer_.on_warning(text);
    else warnings_.push_back(text);
  };
}

bool TrainLoop::leads() const { return !job_.group || job_.group->leads(); }

Json TrainLoop::run() {
  start_or_go_on();
  last_checkpoint_ = Clock::now();
  while (state_.epoch < recipe_.epochs) {
    train_epoch();
    finish_epoch();
  }
  return finish();
}

void TrainLoop::start_or_go_on() {
  std::optional<Checkpoint> checkpoint;
  if (leads()) checkpoint = load_or_start();
  if (job_.group) state_.share(job_, checkpoint);
  train_loader_->restore_bad_images(state_.bad_images);
}

std::optional<Checkpoint> TrainLoop::load_or_start() {
  auto checkpoint = checkpoints_.load_newest(warn());
  if (checkpoint) {
    state_.restore(*checkpoint, job_);
  } else {
    const LoadedWeights loaded = state_.start(job_);
    if (!job_.configuration.init.weights.empty()) tell_of_start(loaded);
  }
  return checkpoint;
}

void TrainLoop::tell_of_start(const LoadedWeights& loaded) {
  const Json report = start_report(job_, *state_.model, loaded);
  files_.write_start(report);
  observer_.on_note(start_sentence(report));
}

void TrainLoop::train_epoch() {
  state_.model->train();
  epoch_start_ = Clock::now();
  epoch_batches_ = 0;
  if (state_.batch < steps_.per_epoch) train_loader_->begin(state_.epoch, state_.batch);
  while (state_.batch < steps_.per_epoch) {
    const double rate = learning_rate_at(recipe_, steps_, state_.step);
    const StepResult result = take_step(rate);
    state_.loss_sum += result.loss;
    ++state_.batch;
    ++state_.step;
    ++epoch_batches_;
    report_step(result.loss, rate);
    // In a group all do what was said with the step; alone the last word counts.
    save_when_due(job_.group ? result.wishes : StepWishes{stop_, is_checkpoint_due()});
  }
  train_seconds_ = seconds_since(epoch_start_);
}

StepResult TrainLoop::take_step(double learning_rate) {
  const auto next = [this] {
    auto batch = train_loader_->next();
    if (!batch) throw std::logic_error("the loader ended before the epoch did");
    return std::move(*batch);
  };
  const StepResult result = gradients_.take(*state_.model, state_.step, next, {stop_, leads() && is_checkpoint_due()});
  state_.optimizer->step(learning_rate);
  state_.optimizer->clear_gradients();
  if (state_.average) state_.average->update();
  return result;
}

void TrainLoop::report_step(double loss, double learning_rate) {
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

bool TrainLoop::is_checkpoint_due() const { return seconds_since(last_checkpoint_) > 60.0 * job_.checkpoint_minutes; }

void TrainLoop::gather_findings() {
  state_.bad_images = bad_images_of(*train_loader_, *job_.data.train);
  if (!job_.group) return;
  for (const std::string& text : gathered(std::exchange(warnings_, {}), *job_.group)) observer_.on_warning(text);
}

std::set<size_t> TrainLoop::bad_images_of(const data::Loader& loader, const data::Dataset& part) const {
  if (!job_.group) return loader.bad_images();
  const std::set<size_t> all = gathered(loader.bad_images(), *job_.group);
  const double share = static_cast<double>(all.size()) / static_cast<double>(part.size());
  if (share > job_.configuration.data.max_bad_fraction)
    throw processes::FailedTogether(std::to_string(all.size()) + " of " + std::to_string(part.size()) +
                                    " images are damaged, /data/max_bad_fraction allows " +
                                    config::Json(job_.configuration.data.max_bad_fraction).dump() +
                                    "; one of them is " + part.name(*all.rbegin()));
  return all;
}

void TrainLoop::check_same_weights() const {
  if (job_.group)
    job_.group->check_alike("the network after step " + std::to_string(state_.step), state_.fingerprint());
}

void TrainLoop::save_checkpoint() {
  gather_findings();
  const Checkpoint checkpoint = state_.to_checkpoint(job_);
  if (leads()) checkpoints_.save(state_.step, checkpoint);
  last_checkpoint_ = Clock::now();
}

/// Stops where asked to, with everything saved; otherwise saves when the last time is long ago.
void TrainLoop::save_when_due(const StepWishes& wishes) {
  if (wishes.stop) {
    save_checkpoint();
    throw Interrupted("stopped at step " + std::to_string(state_.step) + " of " + std::to_string(steps_.total) +
                      ", the same command goes on from there");
  }
  if (wishes.save) save_checkpoint();
}

/// The raw and the averaged weights over one pass.
std::vector<ClassResults> TrainLoop::evaluate_part(Json& line, const std::shared_ptr<const data::Dataset>& part,
                                                   const std::string& prefix) {
  std::vector<nn::Classifier*> models{state_.model.get()};
  if (state_.average) models.push_back(state_.average->model().get());
  auto& loader = eval_loaders_[part.get()];
  if (!loader) loader = make_eval_loader(job_, part, warn());
  const config::TaskMetrics& metrics = task_->metrics();
  std::vector<std::vector<BatchAnswers>> answers(models.size());
  const bool classifies = metrics.classifies();
  const auto evaluations = evaluate(
      models, *loader, *task_, job_.device, recipe_.precision,
      [this] {
        if (stop_ && !job_.group) save_when_due({true, false});  // a group stops after its next step
      },
      [&](size_t m, const torch::Tensor& outputs, const TaskBatch& examples) {
        if (classifies) answers[m].push_back({examples.batch.index, answers_of(outputs, examples.batch.labels)});
      },
      job_.group.get());
  for (size_t m = 0; m < models.size(); ++m) {
    for (size_t i = 0; i < metrics.metrics.size(); ++i)
      require_finite(evaluations[m].values.at(i), "the " + std::string(metrics.metrics[i].title) + " of the evaluation",
                     state_.step, steps_);
    add_values(line, metrics, evaluations[m], prefix, m == 0 ? "" : "_ema");
  }
  line[prefix + "images"] = evaluations[0].images;
  std::vector<ClassResults> classes;
  for (size_t m = 0; classifies && m < models.size(); ++m)
    classes.push_back(job_.group ? gathered(answers[m], *job_.group) : class_results(answers[m]));
  return classes;
}

/// Of the last epoch. Before the checkpoint: a run that goes on from it evaluates no more.
void TrainLoop::write_evaluation(const std::vector<ClassResults>& classes) {
  const std::set<size_t> train = bad_images_of(*train_loader_, *job_.data.train),
                         val = bad_images_of(*eval_loaders_.at(job_.data.val.get()), *job_.data.val);
  if (!leads()) return;
  files_.write_damaged_images(train, val);
  if (classes.empty()) return;
  files_.write_classes(classes);
  files_.write_image_outcomes(classes);
}

void TrainLoop::finish_epoch() {
  const auto eval_start = Clock::now();
  const int64_t epoch = state_.epoch + 1;
  Json line = {{"epoch", epoch},
               {"step", state_.step},
               {"train_loss", state_.loss_sum / static_cast<double>(steps_.per_epoch)},
               {"learning_rate", learning_rate_at(recipe_, steps_, state_.step - 1)}};
  if (epoch % recipe_.eval_every_epochs == 0 || epoch == recipe_.epochs) {
    if (state_.average) state_.average->complete();
    const std::vector<ClassResults> classes = evaluate_part(line, job_.data.val, "");
    if (epoch == recipe_.epochs) write_evaluation(classes);
    if (state_.average) state_.average->forget();
  }
  check_same_weights();
  state_.metrics.push_back(line);
  ++state_.epoch;
  state_.batch = 0;
  state_.loss_sum = 0;
  save_checkpoint();
  if (!leads()) return;
  files_.write_metrics(
      state_.metrics);  // the checkpoint has the lines: the file shows no more than can be gone on from
  // Gone on after the last step of an epoch: nothing was timed.
  if (epoch_batches_ > 0)
    files_.append_times({epoch, train_seconds_, seconds_since(eval_start), epoch_batches_ * recipe_.batch_size});
  observer_.on_epoch(line);
}

Json TrainLoop::finish() {
  if (state_.average) state_.average->complete();
  if (leads()) files_.write_metrics(state_.metrics);
  const plan::ModelCounts counts = plan::count_model(job_.configuration.model, job_.configuration.data.image_size_px);
  Json summary = state_.metrics.back();
  summary["params"] = counts.params;
  summary["macs"] = counts.all_macs();
  if (job_.data.test) evaluate_part(summary, job_.data.test, "test_");
  summary["bad_images"] = state_.bad_images.size();
  summary["bad_val_images"] = static_cast<int64_t>(job_.data.val->size()) - summary["images"].get<int64_t>();
  if (!leads()) return summary;
  nn::Classifier* average = state_.average ? state_.average->model().get() : nullptr;
  files_.write_weights(*state_.model, average);
  // What is pretrained is not what will be used.
  if (task_->metrics().classifies()) files_.append_latency(average ? *average : *state_.model);
  files_.write_summary(summary);
  checkpoints_.clear();
  return summary;
}

}  // namespace staircase::train
