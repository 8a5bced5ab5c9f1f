#include "staircase/runs/run_log.h"

#include <algorithm>

namespace staircase::runs {
namespace {

config::JsonLines read_lines(const std::filesystem::path& folder, const std::string& run, const char* file) {
  const std::filesystem::path place = std::filesystem::path("runs") / run / file;
  return config::read_json_lines(folder / place, place.string());
}

}  // namespace

std::optional<double> RunTiming::images_per_second() const {
  return train_seconds > 0 ? std::optional<double>(train_images / train_seconds) : std::nullopt;
}

std::optional<double> RunTiming::seconds() const {
  return train_seconds > 0 ? std::optional<double>(train_seconds + eval_seconds) : std::nullopt;
}

RunTiming read_timing(const std::filesystem::path& folder, const std::string& run) {
  config::JsonLines read = read_lines(folder, run, "timing.jsonl");
  RunTiming timing;
  timing.warnings = std::move(read.warnings);
  for (const config::Json& line : read.lines) {
    if (const double latency_ms = number_or(line, "latency_ms", 0); latency_ms > 0) timing.latency_ms = latency_ms;
    timing.train_images += number_or(line, "train_images", 0);
    timing.train_seconds += number_or(line, "train_seconds", 0);
    timing.eval_seconds += number_or(line, "eval_seconds", 0);
    timing.peak_memory_mb = std::max(timing.peak_memory_mb, number_or(line, "peak_memory_mb", 0));
  }
  return timing;
}

config::JsonLines read_metrics(const std::filesystem::path& folder, const std::string& run) {
  return read_lines(folder, run, "metrics.jsonl");
}

double number_or(const config::Json& object, const char* key, double otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

}  // namespace staircase::runs
