#include "bench_speed.h"

#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

using Number = double (*)(const train::InferenceSpeed& speed);

struct Measure {
  const char* name;
  Number number;
  int digits;
  const char* unit;
};

constexpr Measure measures[] = {
    {"inference", [](const train::InferenceSpeed& s) { return s.images_per_second; }, 1, "images/s"},
    {"latency, shortest", [](const train::InferenceSpeed& s) { return s.latency.min_ms; }, 2, "ms at batch 1"},
    {"latency, median", [](const train::InferenceSpeed& s) { return s.latency.median_ms; }, 2, "ms at batch 1"},
    {"latency, 95th percentile", [](const train::InferenceSpeed& s) { return s.latency.p95_ms; }, 2, "ms at batch 1"}};

}  // namespace

config::Json speed_json(const train::InferenceSpeed& speed) {
  return {{"images_per_second", speed.images_per_second}, {"latency_ms_min", speed.latency.min_ms},
          {"latency_ms_median", speed.latency.median_ms}, {"latency_ms_p95", speed.latency.p95_ms},
          {"latency_runs", speed.latency.runs},           {"inference_memory_mb", speed.memory_mb},
          {"warmup_seconds", speed.warmup_seconds}};
}

std::vector<SpeedRow> speed_rows(const std::vector<train::InferenceSpeed>& speeds) {
  std::vector<SpeedRow> rows;
  for (const Measure& measure : measures) {
    SpeedRow row{measure.name};
    for (const auto& speed : speeds) row.push_back(decimals(measure.number(speed), measure.digits));
    row.push_back(measure.unit);
    rows.push_back(row);
  }
  return rows;
}

}  // namespace staircase::apps
