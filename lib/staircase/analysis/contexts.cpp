#include "staircase/analysis/contexts.h"

#include <algorithm>

#include "staircase/analysis/a_a_checks.h"

namespace staircase::analysis {
namespace {

class ContextBuilder {
 public:
  ContextBuilder(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                 const std::string& score, const Judging& judging, const ImagesOfRuns& images,
                 const std::vector<Row>& rows)
      : design_(design), options_(options), score_(score), judging_(judging), images_(images), rows_(rows) {}

  std::vector<AcrossContexts> across() {
    std::vector<AcrossContexts> all;
    for (size_t i = 0; i < design_.rows_a_context(); ++i)
      if (rows_[i].delta && !is_a_a_check(rows_[i].changes)) all.push_back(across(i));
    judge(all);
    return all;
  }

 private:
  const Row& row(size_t context, size_t index) const { return rows_[context * design_.rows_a_context() + index]; }

  /// What the row is worth there minus what it is worth as written.
  RowWeights change(size_t context, size_t index) const {
    const size_t there = context * design_.rows_a_context() + index;
    return {{there, 1}, {rows_[there].delta->to_index, -1}, {index, -1}, {rows_[index].delta->to_index, 1}};
  }

  AcrossContexts across(size_t index) {
    AcrossContexts all{rows_[index].name, rows_[index].delta->to, {}, {}};
    for (size_t c = 0; c < design_.contexts.size(); ++c) {
      all.worth.push_back({row(c, index).delta->difference});
      if (c == 0) continue;
      const RowWeights weights = change(c, index);
      numbers_.push_back(weighted_scores(weights, rows_, score_));
      all.changes.push_back({weighted_difference(weights, numbers_.back(), {image_error(weights, images_)})});
      const bool any_at_chance =
          std::any_of(weights.begin(), weights.end(), [&](const auto& each) { return rows_[each.first].at_chance; });
      if (any_at_chance && all.changes.back().difference) leave_at_chance(*all.changes.back().difference);
    }
    return all;
  }

  /// All changes of the table together.
  void judge(std::vector<AcrossContexts>& all) const {
    std::vector<LookedAt> looked;
    std::vector<Difference*> judged;
    for (AcrossContexts& each : all)
      for (Worth& change : each.changes) {
        if (change.difference) judged.push_back(&*change.difference);
        looked.push_back({&change.difference, numbers_[looked.size()]});
      }
    if (options_.until)
      judge_at_looks(looked, options_.seeds, experiment::looks_of(*options_.until), options_.until->shown);
    else judge_together(judged, judging_);
  }

  const experiment::DesignedExperiment& design_;
  const config::ExperimentOptions& options_;
  const std::string& score_;
  const Judging& judging_;
  const ImagesOfRuns& images_;
  const std::vector<Row>& rows_;
  std::vector<SeedNumbers> numbers_;  // of the changes, in their order
};

}  // namespace

Given<Contexts> across_contexts(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                                const std::string& score, const Judging& judging, const ImagesOfRuns& images,
                                const std::vector<Row>& rows) {
  if (design.contexts.empty()) return {};
  Contexts contexts;
  for (const experiment::DesignedContext& each : design.contexts)
    contexts.contexts.push_back({each.name, changes_of(each.changes)});
  contexts.rows = ContextBuilder(design, options, score, judging, images, rows).across();
  contexts.tuned = tuned_rows(design, options, score, rows);
  return contexts;
}

}  // namespace staircase::analysis
