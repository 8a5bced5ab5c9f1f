#pragma once

#include <set>

#include "staircase/nn/classifier.h"
#include "staircase/train/class_results.h"
#include "staircase/train/job.h"

namespace staircase::train {

/// What one epoch took.
struct EpochTimes {
  int64_t epoch = 0;  ///< 1-based
  double train_seconds = 0, eval_seconds = 0;
  int64_t train_images = 0;
};

/// The files of one run but for config.json and the checkpoints. Those that two runs are compared by hold nothing
/// that a clock decides; times go to timing.jsonl.
/// All functions throw std::runtime_error naming the path when it cannot be written.
class RunFiles {
 public:
  /// The job must outlive this.
  explicit RunFiles(const TrainJob& job) : job_(job) {}

  /// metrics.jsonl: all lines, an array of objects.
  void write_metrics(const config::Json& lines) const;
  /// A line of timing.jsonl.
  void append_times(const EpochTimes& times) const;
  /// A line of timing.jsonl: the network's latency at batch 1, the shortest pass of at most a second or 100 passes. On
  /// one thread: several wait for each other wherever a machine has other work. Leaves the number of threads as it was.
  void append_latency(nn::Classifier& model) const;
  /// weights.safetensors: those of the average where there is one, and then the raw ones as
  /// weights_raw.safetensors, so that both scores of a table can be made again. average: or null.
  void write_weights(const nn::Classifier& raw, const nn::Classifier* average) const;
  /// start.json, of a run that starts from a file: see start_report.h.
  void write_start(const config::Json& report) const;
  /// per_class.json, of a run that classifies: images, top-1 and confusion of the classes in the last evaluation, of the
  /// raw weights and of the average where there is one: {"classes": [{"class", "images", "top1", "top1_ema"}],
  /// "confusion": [[class, predicted class, images]], "confusion_ema"}, classes by their place in the list.
  void write_classes(const std::vector<ClassResults>& results) const;
  /// correct.bits, of a run that classifies: config/image_outcomes.h, of the same evaluation.
  void write_image_outcomes(const std::vector<ClassResults>& results) const;
  /// damaged_images.json, of a run that met any: {"train": [names], "val": [names]}, in the order of the data, relative
  /// to the data's folder where they lie in it.
  void write_damaged_images(const std::set<size_t>& train, const std::set<size_t>& val) const;
  /// summary.json, which says that the run is done: the last file of a run.
  void write_summary(const config::Json& summary) const;

 private:
  const TrainJob& job_;
};

}  // namespace staircase::train
