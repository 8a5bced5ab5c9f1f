#include "staircase/train/run_files.h"

#include <ATen/Parallel.h>

#include "staircase/base/files.h"
#include "staircase/config/image_outcomes.h"
#include "staircase/config/json_lines.h"
#include "staircase/interop/model_file.h"
#include "staircase/train/benchmark.h"

namespace staircase::train {

using config::Json;

namespace {

/// LibTorch works on one thread as long as this lives.
class OneThread {
 public:
  OneThread() { at::set_num_threads(1); }
  ~OneThread() { at::set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_ = at::get_num_threads();
};

/// [class, predicted class, images] of each pair that occurred: of 1,000 classes there are thousands.
Json confusion_of(const ClassResults& results) {
  Json pairs = Json::array();
  for (const auto& [pair, images] : results.confusion()) pairs.push_back({pair.first, pair.second, images});
  return pairs;
}

std::vector<bool> correct_of(const ClassResults& results) {
  std::vector<bool> correct;
  for (const ImageAnswer& each : results.answers()) correct.push_back(each.correct());
  return correct;
}

/// What decides the images of an evaluation, and not how they are kept or shown to a network.
std::string validation_data(const config::DataOptions& options) {
  Json data = config::write_options(options);
  for (const char* other : {"path", "image_size_px", "train_images", "max_bad_fraction", "decode", "mean", "std"})
    data.erase(other);
  if (config::has_photographs(options.kind)) data["kind"] = "photographs";  // shards are made of a folder
  return data.dump();
}

Json names_of(const data::Dataset& part, const std::set<size_t>& indices, const std::string& folder) {
  Json names = Json::array();
  for (const size_t index : indices) {
    std::string name = part.name(index);
    if (!folder.empty() && name.starts_with(folder + "/")) name.erase(0, folder.size() + 1);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

void RunFiles::write_metrics(const Json& lines) const {
  std::string text;
  for (const Json& line : lines) text += line.dump() + "\n";
  write_file_atomically(job_.folder / "metrics.jsonl", text);
}

void RunFiles::append_times(const EpochTimes& times) const {
  const Json line = {{"epoch", times.epoch},
                     {"train_seconds", times.train_seconds},
                     {"train_images", times.train_images},
                     {"eval_seconds", times.eval_seconds},
                     {"peak_memory_mb", peak_memory_mb()}};
  config::append_json_line(job_.folder / "timing.jsonl", line);
}

void RunFiles::append_latency(nn::Classifier& model) const {
  BenchmarkOptions options;
  options.image_size_px = job_.configuration.data.image_size_px;
  options.precision = job_.configuration.recipe.precision;
  options.device = job_.device;
  options.seconds = 1.0;
  const int64_t most_runs = 100;
  const OneThread one_thread;
  const Latency latency = measure_latency(model, options, most_runs);
  config::append_json_line(
      job_.folder / "timing.jsonl",
      {{"latency_ms", latency.min_ms}, {"latency_runs", latency.runs}, {"latency_threads", at::get_num_threads()}});
}

void RunFiles::write_weights(const nn::Classifier& raw, const nn::Classifier* average) const {
  const auto write = [&](const char* name, const nn::Classifier& model, const char* which) {
    interop::write_model_file(job_.folder / name, model, job_.configuration, job_.data.class_names, which);
  };
  write("weights.safetensors", average ? *average : raw, average ? "ema" : "raw");
  if (average) write("weights_raw.safetensors", raw, "raw");
}

void RunFiles::write_start(const Json& report) const {
  write_file_atomically(job_.folder / "start.json", report.dump(2) + "\n");
}

void RunFiles::write_classes(const std::vector<ClassResults>& results) const {
  Json classes = Json::array();
  for (size_t c = 0; c < job_.data.class_names.size(); ++c) {
    const auto label = static_cast<int64_t>(c);
    Json line = {{"class", job_.data.class_names[c]},
                 {"images", results.at(0).images(label)},
                 {"top1", results.at(0).top1(label)}};
    if (results.size() > 1) line["top1_ema"] = results[1].top1(label);
    classes.push_back(line);
  }
  Json content = {{"classes", classes}, {"confusion", confusion_of(results[0])}};
  if (results.size() > 1) content["confusion_ema"] = confusion_of(results[1]);
  write_file_atomically(job_.folder / "per_class.json", content.dump(2) + "\n");
}

void RunFiles::write_image_outcomes(const std::vector<ClassResults>& results) const {
  std::vector<int64_t> labels;
  for (const ImageAnswer& each : results.at(0).answers()) labels.push_back(each.label);
  config::ImageOutcomes outcomes{
      config::validation_set_name(validation_data(job_.configuration.data), labels), correct_of(results[0]), {}};
  if (results.size() > 1) outcomes.average = correct_of(results[1]);
  write_file_atomically(job_.folder / "correct.bits", config::write_image_outcomes(outcomes));
}

void RunFiles::write_damaged_images(const std::set<size_t>& train, const std::set<size_t>& val) const {
  if (train.empty() && val.empty()) return;
  const std::string& folder = job_.configuration.data.path;
  const Json content = {{"train", names_of(*job_.data.train, train, folder)},
                        {"val", names_of(*job_.data.val, val, folder)}};
  write_file_atomically(job_.folder / "damaged_images.json",
                        content.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void RunFiles::write_summary(const Json& summary) const {
  write_file_atomically(job_.folder / "summary.json", summary.dump(2) + "\n");
}

}  // namespace staircase::train
