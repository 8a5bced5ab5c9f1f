#include "staircase/analysis/contexts.h"

#include "staircase/analysis/a_a_checks.h"

namespace staircase::analysis {
namespace {

class ContextBuilder {
 public:
  ContextBuilder(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                 const std::string& score, const std::vector<Row>& rows)
      : design_(design), options_(options), score_(score), rows_(rows) {}

  std::vector<AcrossContexts> across() {
    std::vector<AcrossContexts> all;
    for (size_t i = 0; i < design_.rows_a_context(); ++i)
      if (rows_[i].delta && !is_a_a_check(rows_[i].changes)) all.push_back(across(i));
    judge(all);
    return all;
  }

 private:
  const Row& row(size_t context, size_t index) const { return rows_[context * design_.rows_a_context() + index]; }

  SeedNumbers deltas(size_t context, size_t index) const {
    const Row& own = row(context, index);
    return paired_differences(own.scores(score_), rows_[own.delta->to_index].scores(score_));
  }

  AcrossContexts across(size_t index) {
    AcrossContexts all{rows_[index].name, rows_[index].delta->to, {}, {}};
    for (size_t c = 0; c < design_.contexts.size(); ++c) {
      all.worth.push_back({row(c, index).delta->difference});
      if (c == 0) continue;
      numbers_.push_back(paired_differences(deltas(c, index), deltas(0, index)));
      any_at_chance_.push_back(is_any_at_chance(c, index) || is_any_at_chance(0, index));
      all.changes.push_back({difference_of(values_of(numbers_.back()))});
    }
    return all;
  }

  bool is_any_at_chance(size_t context, size_t index) const {
    const Row& own = row(context, index);
    return own.at_chance || rows_[own.delta->to_index].at_chance;
  }

  /// All changes of the table together.
  void judge(std::vector<AcrossContexts>& all) const {
    std::vector<LookedAt> looked;
    std::vector<Difference*> judged;
    std::vector<Worth*> changes;
    for (AcrossContexts& each : all)
      for (Worth& change : each.changes) changes.push_back(&change);
    for (size_t i = 0; i < changes.size(); ++i) {
      std::optional<Difference>& difference = changes[i]->difference;
      if (options_.until && !difference) difference.emplace();
      if (!difference) continue;
      judged.push_back(&*difference);
      looked.push_back({&*difference, numbers_[i]});
    }
    if (options_.until)
      judge_at_looks(looked, options_.seeds, experiment::looks_of(*options_.until), options_.until->shown);
    else judge_together(judged);
    for (size_t i = 0; i < changes.size(); ++i) {
      std::optional<Difference>& difference = changes[i]->difference;
      if (difference && difference->count == 0) difference.reset();
      if (difference && any_at_chance_[i]) leave_at_chance(*difference);
    }
  }

  const experiment::DesignedExperiment& design_;
  const config::ExperimentOptions& options_;
  const std::string& score_;
  const std::vector<Row>& rows_;
  std::vector<SeedNumbers> numbers_;  // of the changes, in their order
  std::vector<bool> any_at_chance_;
};

}  // namespace

Given<Contexts> across_contexts(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                                const std::string& score, const std::vector<Row>& rows) {
  if (design.contexts.empty()) return {};
  Contexts contexts;
  for (const experiment::DesignedContext& each : design.contexts)
    contexts.contexts.push_back({each.name, changes_of(each.changes)});
  contexts.rows = ContextBuilder(design, options, score, rows).across();
  contexts.tuned = tuned_rows(design, options, score, rows);
  return contexts;
}

}  // namespace staircase::analysis
