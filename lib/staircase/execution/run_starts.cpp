#include "staircase/execution/run_starts.h"

#include <chrono>
#include <ctime>

#include "staircase/base/build_info.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/execution/initial_weights.h"
#include "staircase/nn/libtorch.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/checkpoint.h"

namespace staircase::execution {
namespace fs = std::filesystem;
namespace {

using config::Json;

/// "2026-01-31T12:00:00Z".
std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

int64_t newest_step(const fs::path& run_folder) {
  return train::CheckpointStore(run_folder / "checkpoints").newest_step();
}

/// What config.json holds; an object without keys when it is missing or damaged: then it is written anew.
Json read_run_config(const fs::path& run_folder) {
  try {
    Json content = config::read_json_file(run_folder / "config.json");
    if (content.is_object()) return content;
  } catch (const RequestError&) {}
  return Json::object();
}

Json read_starts(const Json& content) {
  if (content.contains("starts") && content["starts"].is_array()) return content["starts"];
  Json first = Json::object();
  for (const char* key : {"device", "libtorch", "staircase", "compiler", "machine", "threads"})
    if (content.contains(key)) first[key] = content[key];
  if (first.empty()) return Json::array();
  first["processes"] = 1;
  first["from_step"] = 0;
  return Json::array({first});
}

Json this_start(const train::TrainJob& job) {
  return {{"time", utc_now()},
          {"device", job.device.str()},
          {"libtorch", TORCH_VERSION},
          {"staircase", {{"version", build_info().version}, {"revision", build_info().revision}}},
          {"compiler", build_info().compiler},
          {"machine", machine_description()},
          {"threads", job.threads},
          {"processes", job.group ? job.group->size() : 1},
          {"from_step", newest_step(job.folder)}};
}

/// The last start that went on from no checkpoint; null: no start is known.
Json beginning(const Json& starts) {
  Json begun;
  for (const Json& start : starts)
    if (start.is_object() && (begun.is_null() || start.value("from_step", Json(0)) == 0)) begun = start;
  return begun;
}

std::string text_of(const Json& start, const char* key) {
  const Json value = start.value(key, Json());
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::string device_kind(const std::string& device) { return device.substr(0, device.find(':')); }

}  // namespace

void write_run_config(const train::TrainJob& job) {
  Json starts = read_starts(read_run_config(job.folder));
  starts.push_back(this_start(job));
  const Json content = {{"configuration", config::write_configuration(job.configuration)},
                        {"seed", job.seed},
                        {"classes", job.data.class_names},
                        {"initial_weights_crc32", initial_weights_checksum(job.configuration.init)},
                        {"starts", starts}};
  write_file_atomically(job.folder / "config.json", content.dump(2) + "\n");
}

void check_start(const train::TrainJob& job, bool elsewhere) {
  if (elsewhere || newest_step(job.folder) == 0) return;
  const Json begun = beginning(read_starts(read_run_config(job.folder)));
  if (begun.is_null()) return;
  const auto check = [&](const std::string& there, const std::string& here) {
    if (there.empty() || there == here) return;
    throw RequestError(job.folder.string() + ": its run began on " + there + " and would go on on " + here +
                       ", which changes results; --elsewhere lets it");
  };
  check(device_kind(text_of(begun, "device")), device_kind(job.device.str()));
  const std::string libtorch = text_of(begun, "libtorch");
  if (!libtorch.empty()) check("LibTorch " + libtorch, std::string("LibTorch ") + TORCH_VERSION);
}

}  // namespace staircase::execution
