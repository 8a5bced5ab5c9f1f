#include "staircase/analysis/subtotals.h"

#include <algorithm>

namespace staircase::analysis {
namespace {

/// The rows of one sum, added one by one.
class Sum {
 public:
  explicit Sum(std::string group) { sum_.group = std::move(group); }

  const std::string& group() const { return sum_.group; }
  bool begun() const { return begun_; }
  /// Whether none of its rows has learned anything.
  bool at_chance() const { return at_chance_; }

  void add(const Row& row, const Row& before, const std::string& score) {
    const Delta& delta = *row.delta;
    delta_ = delta.difference ? delta_ + delta.difference->mean : delta_;
    paper_ = delta.paper_delta ? paper_ + *delta.paper_delta : paper_;
    whole_ = whole_ && delta.difference;
    at_chance_ = at_chance_ && row.at_chance && before.at_chance;
    paper_whole_ = paper_whole_ && delta.paper_delta;
    SeedNumbers together;
    for (const auto& [seed, difference] : paired_differences(row.scores(score), before.scores(score)))
      if (!begun_ || by_seed_.count(seed)) together[seed] = difference + (begun_ ? by_seed_[seed] : 0.0);
    by_seed_ = together;
    begun_ = true;
  }

  Subtotal take() {
    if (whole_) sum_.delta = delta_;
    if (paper_whole_) sum_.paper_delta = paper_;
    sum_.difference = difference_of(values_of(by_seed_));
    return std::move(sum_);
  }

 private:
  Subtotal sum_;
  double delta_ = 0, paper_ = 0;
  bool whole_ = true, paper_whole_ = true, at_chance_ = true, begun_ = false;
  SeedNumbers by_seed_;
};

/// `at_looks`: the experiment adds seeds by its rows, so one look at their sums would show too much.
std::vector<Subtotal> judged(std::vector<Sum>& sums, bool at_looks) {
  std::erase_if(sums, [](const Sum& sum) { return !sum.begun(); });  // an ablation of the recipe alone has one
  std::vector<Subtotal> subtotals;
  for (Sum& sum : sums) subtotals.push_back(sum.take());
  std::vector<Difference*> differences;
  for (Subtotal& each : subtotals)
    if (each.difference) differences.push_back(&*each.difference);
  if (at_looks)
    for (Difference* each : differences) each->interval = std::nullopt, each->p = std::nullopt;
  else judge_together(differences);
  for (size_t i = 0; i < sums.size(); ++i)
    if (sums[i].at_chance() && subtotals[i].difference) leave_at_chance(*subtotals[i].difference);
  return subtotals;
}

bool edits_recipe(const Row& row) {
  return std::any_of(row.changes.begin(), row.changes.end(),
                     [](const Change& change) { return change.pointer.starts_with("/recipe"); });
}

}  // namespace

Subtotals subtotals_of(const config::ExperimentOptions& options, const std::vector<Row>& rows,
                       const std::string& score) {
  if (options.kind != config::ExperimentKind::ablation || options.design != config::Design::cumulative) return {};
  std::vector<Sum> groups, kinds{Sum("recipe"), Sum("architecture")};
  bool any_recipe = false;
  for (const Row& row : rows) {
    if (!row.delta || row.side_branch || !row.is_as_written) continue;
    const Row& before = rows[row.delta->to_index];
    const bool recipe = edits_recipe(row);
    any_recipe = any_recipe || recipe;
    kinds[recipe ? 0 : 1].add(row, before, score);
    if (row.group.empty()) continue;
    auto sum = std::find_if(groups.begin(), groups.end(), [&](const Sum& each) { return each.group() == row.group; });
    if (sum == groups.end()) sum = groups.insert(groups.end(), Sum(row.group));
    sum->add(row, before, score);
  }
  Subtotals subtotals;
  if (!groups.empty()) subtotals.groups = judged(groups, options.until.has_value());
  if (any_recipe) subtotals.recipe_and_architecture = judged(kinds, options.until.has_value());
  return subtotals;
}

}  // namespace staircase::analysis
