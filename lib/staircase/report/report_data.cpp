#include "staircase/report/report_data.h"

#include <algorithm>
#include <set>

#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/runs/run_log.h"

namespace staircase::report {
namespace fs = std::filesystem;
namespace {

using config::Json;

/// The content of a file that must not keep a report from being written; null: missing or damaged.
Json read_or_warn(const fs::path& file, const fs::path& folder, Json& warnings) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return nullptr;
  try {
    return config::read_json_file(file);
  } catch (const RequestError&) {
    warnings.push_back(file.lexically_relative(folder).string() + ": is damaged and was left out");
    return nullptr;
  }
}

Json curve_of(const std::vector<Json>& lines) {
  Json curve = Json::array();
  for (const Json& line : lines) {
    Json point;
    for (const char* key : {"epoch", "train_loss", "loss", "loss_ema", "top1", "top1_ema"})
      if (line.contains(key) && line[key].is_number()) point[key] = line[key];
    if (point.contains("epoch")) curve.push_back(point);
  }
  return curve;
}

Json read_run(const fs::path& folder, const std::string& name, Json& warnings) {
  const fs::path place = folder / "runs" / name;
  Json run = {{"name", name}, {"curve", curve_of(runs::read_metrics(folder, name).lines)}};
  const runs::RunTiming timing = runs::read_timing(folder, name);
  run["train_seconds"] = timing.train_seconds;
  run["eval_seconds"] = timing.eval_seconds;
  run["train_images"] = timing.train_images;
  run["peak_memory_mb"] = timing.peak_memory_mb;
  Json made_by = read_or_warn(place / "config.json", folder, warnings);
  if (made_by.is_object()) {
    run["configuration"] = made_by.value("configuration", Json());
    for (const char* other : {"configuration", "classes", "seed"}) made_by.erase(other);
    run["made_by"] = made_by;
  }
  return run;
}

/// "42 s", "12 min", "3.4 h".
std::string duration_text(double seconds) {
  if (seconds < 120) return decimals(seconds, seconds < 10 ? 1 : 0) + " s";
  if (seconds < 7200) return decimals(seconds / 60, 0) + " min";
  return decimals(seconds / 3600, 1) + " h";
}

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Sums over the runs of one row, or of all.
struct Cost {
  int runs = 0;
  double train = 0, eval = 0, images = 0, memory = 0;

  void add(const Json& run) {
    ++runs;
    train += runs::number_or(run, "train_seconds", 0);
    eval += runs::number_or(run, "eval_seconds", 0);
    images += runs::number_or(run, "train_images", 0);
    memory = std::max(memory, runs::number_or(run, "peak_memory_mb", 0));
  }
  std::vector<std::string> line(const std::string& name) const {
    return {name,
            std::to_string(runs),
            duration_text(train),
            duration_text(eval),
            train > 0 ? decimals(images / train, 0) : "",
            memory > 0 ? decimals(memory, 0) : ""};
  }
};

}  // namespace

Json report_data(const fs::path& folder, const Json& results) {
  Json data = {{"label", results["name"]}, {"folder", folder.string()}, {"results", results}};
  Json warnings = results.value("warnings", Json::array()), runs = Json::array();
  data["experiment"] = read_or_warn(folder / "experiment.json", folder, warnings);
  data["configurations"] = Json::object();
  std::set<std::string> seen;
  for (size_t row = 0; row < results["rows"].size(); ++row)
    for (const Json& seed : results["rows"][row]["seeds"]) {
      const std::string name = seed.value("run", std::string());
      std::error_code ignored;
      if (!seen.insert(name).second || !fs::is_directory(folder / "runs" / name, ignored)) continue;
      Json run = {{"row", row}, {"row_name", results["rows"][row]["name"]}, {"seed", seed["seed"]}};
      run.update(read_run(folder, name, warnings));
      if (run.contains("configuration"))
        data["configurations"][run["row_name"].get<std::string>()] = run["configuration"];
      run.erase("configuration");
      runs.push_back(run);
    }
  data["runs"] = runs;
  data["warnings"] = warnings;
  return data;
}

TextTable cost_table(const Json& data) {
  TextTable table{
      {"row", "runs", "training", "evaluation", "images/s", "memory (MB)"}, {false, true, true, true, true, true}, {}};
  Cost all;
  std::vector<std::pair<std::string, Cost>> rows;
  for (const Json& run : data["runs"]) {
    const auto name = run["row_name"].get<std::string>();
    if (rows.empty() || rows.back().first != name) rows.emplace_back(name, Cost{});
    rows.back().second.add(run);
    all.add(run);
  }
  for (const auto& [name, cost] : rows) table.rows.push_back(cost.line(name));
  if (rows.size() > 1) table.rows.push_back(all.line("all"));
  return table;
}

TextTable origin_table(const Json& data) {
  TextTable table{{"source", "LibTorch", "compiler", "machine", "device", "threads", "runs"},
                  {false, false, false, false, false, true, true},
                  {}};
  std::vector<std::pair<std::vector<std::string>, int>> origins;
  for (const Json& run : data["runs"]) {
    const Json made_by = run.value("made_by", Json::object());
    const Json source = made_by.value("staircase", Json::object());
    std::vector<std::string> line{source.value("version", std::string("?")) + " (" +
                                  source.value("revision", std::string("?")) + ")"};
    for (const char* key : {"libtorch", "compiler", "machine", "device", "threads"})
      line.push_back(plain(made_by.value(key, Json("?"))));
    auto found = std::find_if(origins.begin(), origins.end(), [&](const auto& each) { return each.first == line; });
    if (found == origins.end()) found = origins.insert(origins.end(), {line, 0});
    ++found->second;
  }
  for (auto& [line, count] : origins) {
    line.push_back(std::to_string(count));
    table.rows.push_back(line);
  }
  return table;
}

}  // namespace staircase::report
