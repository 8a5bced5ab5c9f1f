#include "staircase/runs/run_log.h"

#include <algorithm>
#include <cmath>

#include "staircase/base/files.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

/// "runs/x/timing.jsonl": in the folder, and in messages.
fs::path place_of(const std::string& run, const char* file) { return fs::path("runs") / run / file; }

/// What a message says after the name of the file that it begins with.
std::string without_name(const std::string& message, const fs::path& file) {
  const std::string start = file.string() + ": ";
  return message.starts_with(start) ? message.substr(start.size()) : message;
}

}  // namespace

std::optional<double> RunTiming::images_per_second() const {
  return train_seconds > 0 ? std::optional<double>(train_images / train_seconds) : std::nullopt;
}

std::optional<double> RunTiming::seconds() const {
  return train_seconds > 0 ? std::optional<double>(train_seconds + eval_seconds) : std::nullopt;
}

RunTiming read_timing(const fs::path& folder, const std::string& run) {
  const fs::path place = place_of(run, "timing.jsonl");
  RunTiming timing;
  const auto add = [](double& sum, double number) { sum += std::isnan(number) ? 0 : number; };
  timing.warnings = config::read_number_lines(
      folder / place, place.string(),
      {"latency_ms", "train_images", "train_seconds", "eval_seconds", "peak_memory_mb", "latency_threads"},
      [&](const std::vector<double>& numbers) {
        if (numbers[0] > 0) {
          timing.latency_ms = numbers[0];
          timing.latency_threads = numbers[5] > 0 ? std::optional(numbers[5]) : std::nullopt;
        }
        add(timing.train_images, numbers[1]);
        add(timing.train_seconds, numbers[2]);
        add(timing.eval_seconds, numbers[3]);
        timing.peak_memory_mb = std::fmax(timing.peak_memory_mb, numbers[4]);
      });
  return timing;
}

RunCurve read_curve(const fs::path& folder, const std::string& run, const std::vector<std::string>& names) {
  const fs::path place = place_of(run, "metrics.jsonl");
  RunCurve curve;
  curve.columns.resize(names.size());
  curve.warnings =
      config::read_number_lines(folder / place, place.string(), names, [&](const std::vector<double>& numbers) {
        for (size_t i = 0; i < numbers.size(); ++i) curve.columns[i].push_back(numbers[i]);
      });
  return curve;
}

RunSummary read_summary(const fs::path& folder, const std::string& run) {
  const fs::path place = place_of(run, "summary.json");
  std::error_code ignored;
  if (!fs::exists(folder / place, ignored)) return {};
  std::string why = "is no JSON object";
  try {
    Json numbers = config::read_json_file(folder / place);
    if (numbers.is_object()) return {std::move(numbers), {}};
  } catch (const RequestError& error) {
    if (!fs::exists(folder / place, ignored)) return {};  // another process has set it aside
    why = without_name(error.what(), folder / place);
  }
  return {std::nullopt, place.string() + ": is damaged (" + why + "), so its run counts as not done"};
}

std::string set_damaged_summary_aside(const fs::path& folder, const std::string& run) {
  const std::string damage = read_summary(folder, run).damage;
  if (damage.empty()) return {};
  const fs::path file = folder / place_of(run, "summary.json");
  read_file(file);  // what cannot be read now may be whole
  std::error_code error;
  fs::rename(file, file.string() + ".damaged", error);
  if (error) throw std::runtime_error(file.string() + ": is damaged and cannot be set aside: " + error.message());
  return damage + "; it is kept as summary.json.damaged, and the run is done again";
}

std::optional<std::string> read_failure(const fs::path& folder, const std::string& run) {
  const fs::path place = place_of(run, "failure.json");
  std::error_code ignored;
  if (!fs::exists(folder / place, ignored)) return std::nullopt;
  try {
    const Json content = config::read_json_file(folder / place);
    const auto reason = content.is_object() ? content.find("reason") : content.end();
    return reason != content.end() && reason->is_string() ? reason->get<std::string>() : std::string("unknown");
  } catch (const RequestError&) {
    if (!fs::exists(folder / place, ignored)) return std::nullopt;  // another process has begun to try it again
    return "unknown: " + place.string() + " is damaged";
  }
}

double number_or(const Json& object, const char* key, double otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

}  // namespace staircase::runs
