#include "staircase/report/report_data.h"

#include <algorithm>
#include <set>

#include "staircase/base/duration.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/runs/damaged_images.h"

namespace staircase::report {
namespace fs = std::filesystem;
namespace {

using analysis::Results;
using analysis::RunLog;
using config::Json;

size_t epochs_of(const RunLog& log) { return log.curve.columns.empty() ? 0 : log.curve.columns[0].size(); }

size_t curve_stride(const Results& results) {
  const size_t most_points = 40'000;
  size_t points = 0;
  for (const RunLog& log : results.logs) points += epochs_of(log);
  return std::max<size_t>(1, (points + most_points - 1) / most_points);
}

/// A column a name. NaN, where a line has no such number, is written as null.
Json curve_json(const RunLog& log, const std::vector<std::string>& names, size_t stride) {
  const size_t epochs = epochs_of(log);
  Json curve = Json::object();
  for (size_t column = 0; column < log.curve.columns.size(); ++column) {
    Json numbers = Json::array();
    for (size_t i = 0; i < epochs; ++i)
      if (i % stride == 0 || i + 1 == epochs) numbers.push_back(log.curve.columns[column][i]);
    curve[names[column]] = std::move(numbers);
  }
  return curve;
}

/// Sums over the runs of one row, or of all.
struct Cost {
  int runs = 0;
  double train = 0, eval = 0, memory = 0;

  void add(const runs::RunTiming& timing) {
    ++runs;
    train += timing.train_seconds;
    eval += timing.eval_seconds;
    memory = std::max(memory, timing.peak_memory_mb);
  }
  std::vector<std::string> line(const std::string& name) const {
    return {name,
            std::to_string(runs),
            duration_text(train),
            duration_text(eval),
            memory > 0 ? decimals(memory, 0) : ""};
  }
};

/// What became of the damaged images that the runs met, with their names; none: they met none.
std::vector<std::string> damaged_lines(const fs::path& folder, const Results& results) {
  std::set<std::string> train, val;
  for (const RunLog& log : results.logs) {
    const runs::DamagedImages met = runs::read_damaged_images(folder / "runs" / log.run);
    train.insert(met.train.begin(), met.train.end());
    val.insert(met.val.begin(), met.val.end());
  }
  const size_t most_named = 20;
  std::vector<std::string> lines;
  const auto add = [&](const char* start, const std::set<std::string>& names) {
    if (!names.empty()) lines.push_back(start + some_of({names.begin(), names.end()}, most_named));
  };
  add("damaged training images, in whose place the next image that can be read was trained on: ", train);
  add("damaged validation images, which were left out: ", val);
  return lines;
}

}  // namespace

ReportData report_data(const fs::path& folder, Results results) {
  ReportData data{results.name, folder.string(), std::move(results), nullptr, {}, {}};
  try {
    data.experiment = config::read_json_file(folder / "experiment.json");
    data.trained = trained_rows(folder);
    for (std::string& line : damaged_lines(folder, data.results)) data.trained.data_warnings.push_back(std::move(line));
  } catch (const RequestError&) {
    data.results.warnings.push_back("experiment.json: is damaged and was left out");
  }
  data.classes = read_classes(folder, data.results);
  return data;
}

Json chart_data(const ReportData& data) {
  const config::Metric& metric = data.results.task->primary_metric();
  const size_t stride = curve_stride(data.results);
  const std::vector<std::string> names = data.results.curve_names();
  Json runs = Json::array();
  for (const RunLog& log : data.results.logs)
    runs.push_back({{"row", log.row}, {"seed", log.seed}, {"curve", curve_json(log, names, stride)}});
  return {{"label", data.label},
          {"metric",
           {{"name", metric.name},
            {"title", metric.title},
            {"unit", metric.unit},
            {"digits", metric.digits},
            {"higher_is_better", metric.higher_is_better}}},
          {"results", analysis::write_result(data.results)},
          {"runs", std::move(runs)},
          {"curve_stride", stride}};
}

Json configurations(const Results& results) {
  Json by_row = Json::object();
  size_t last = results.rows.size();
  for (const RunLog& log : results.logs) {
    if (log.row == last || log.config.configuration.is_null()) continue;
    last = log.row;
    by_row[results.rows[log.row].name] = log.config.configuration;
  }
  return by_row;
}

TextTable cost_table(const Results& results) {
  TextTable table{{"row", "runs", "training", "evaluation", "memory (MB)"}, {false, true, true, true, true}, {}};
  Cost all;
  std::vector<std::pair<size_t, Cost>> rows;
  for (const RunLog& log : results.logs) {
    if (rows.empty() || rows.back().first != log.row) rows.emplace_back(log.row, Cost{});
    rows.back().second.add(log.timing);
    all.add(log.timing);
  }
  for (const auto& [row, cost] : rows) table.rows.push_back(cost.line(results.rows[row].name));
  if (rows.size() > 1) table.rows.push_back(all.line("all"));
  return table;
}

}  // namespace staircase::report
