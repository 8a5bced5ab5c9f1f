#include "staircase/report/class_data.h"

#include <algorithm>

#include "staircase/analysis/score.h"
#include "staircase/base/errors.h"
#include "staircase/report/use.h"
#include "staircase/runs/class_scores.h"

namespace staircase::report {
namespace {

using analysis::Results;
using analysis::Row;
using runs::ClassScore;

/// What the runs of one row say; those that say nothing are left out.
struct RowFiles {
  std::vector<std::vector<ClassScore>> scores;
  std::map<std::pair<int64_t, int64_t>, int64_t> confusion;
};

RowFiles read_row(const std::filesystem::path& runs_folder, const Row& row, Results& results) {
  RowFiles files;
  for (const analysis::SeedResult& seed : row.seeds) {
    if (seed.status != analysis::SeedStatus::done) continue;
    try {
      runs::ClassEvaluation run = runs::read_class_evaluation(runs_folder / seed.run);
      if (run.scores.empty()) continue;
      for (const runs::Confusion& each : results.of_average ? run.confusion_ema : run.confusion)
        files.confusion[{each.label, each.predicted}] += each.images;
      files.scores.push_back(std::move(run.scores));
    } catch (const RequestError& error) {
      results.warnings.push_back(std::string(error.what()) + "; it was left out");
    }
  }
  return files;
}

std::optional<double> mean_top1(const RowFiles& files, size_t index, const std::string& name, bool of_average) {
  double sum = 0;
  int seeds = 0;
  for (const std::vector<ClassScore>& scores : files.scores) {
    // A row with other data may have other classes.
    if (index >= scores.size() || scores[index].name != name || scores[index].images == 0) continue;
    const auto top1 = of_average ? scores[index].top1_ema : std::optional(scores[index].top1);
    if (!top1) continue;
    sum += *top1;
    ++seeds;
  }
  return seeds == 0 ? std::nullopt : std::optional(sum / seeds);
}

void name_classes(const RowFiles& files, Classes& classes) {
  if (files.scores.empty()) return;
  for (const ClassScore& score : files.scores.front()) {
    classes.names.push_back(score.name);
    classes.images.push_back(score.images);
  }
}

}  // namespace

Classes read_classes(const std::filesystem::path& folder, Results& results) {
  const Row* best = best_row(results);
  if (!best) return {};
  Classes classes;
  classes.score = analysis::score_title(*results.task, results.of_average);
  const auto best_index = static_cast<size_t>(best - results.rows.data());
  std::map<size_t, RowFiles> files;  // by row
  const auto read = [&](size_t row) {
    const auto [found, is_new] = files.try_emplace(row);
    if (!is_new) return;
    found->second = read_row(folder / "runs", results.rows[row], results);
    if (classes.names.empty()) name_classes(found->second, classes);
  };
  read(best_index);  // whose classes the others are held to
  read(0);
  if (results.rows.size() <= most_class_columns && classes.names.size() <= most_matrix_classes)
    for (size_t row = 0; row < results.rows.size(); ++row) read(row);
  for (const auto& [row, content] : files) {
    if (row == 0) classes.first = classes.rows.size();
    if (row == best_index) classes.best = classes.rows.size();
    classes.rows.push_back({results.rows[row].name, {}});
    for (size_t c = 0; c < classes.names.size(); ++c)
      classes.rows.back().top1.push_back(mean_top1(content, c, classes.names[c], results.of_average));
  }
  classes.has_all_rows = files.size() == results.rows.size();
  classes.confusion = files.at(best_index).confusion;
  // Seeds that were given other data may name more.
  const auto count = static_cast<int64_t>(classes.names.size());
  std::erase_if(classes.confusion,
                [&](const auto& each) { return each.first.first >= count || each.first.second >= count; });
  return classes;
}

}  // namespace staircase::report
