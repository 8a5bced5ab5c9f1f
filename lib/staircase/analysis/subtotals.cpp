#include "staircase/analysis/subtotals.h"

#include <algorithm>

namespace staircase::analysis {
namespace {

/// The rows of one sum, added one by one.
class Sum {
 public:
  explicit Sum(std::string group) { sum_.group = std::move(group); }

  const std::string& group() const { return sum_.group; }
  bool begun() const { return !weights_.empty(); }

  void add(size_t index, const Delta& delta) {
    delta_ = delta.difference ? delta_ + delta.difference->mean : delta_;
    paper_ = delta.paper_delta ? paper_ + *delta.paper_delta : paper_;
    whole_ = whole_ && delta.difference;
    paper_whole_ = paper_whole_ && delta.paper_delta;
    for (const auto& [row, weight] : row_minus(index, delta.to_index)) weights_[row] += weight;
  }

  Subtotal take(const std::vector<Row>& rows, const std::string& score, const ImagesOfRuns& images) {
    if (whole_) sum_.delta = delta_;
    if (paper_whole_) sum_.paper_delta = paper_;
    sum_.difference =
        weighted_difference(weights_, weighted_scores(weights_, rows, score), {image_error(weights_, images)});
    if (sum_.difference && all_at_chance(weights_, rows)) leave_at_chance(*sum_.difference);
    return std::move(sum_);
  }

 private:
  Subtotal sum_;
  double delta_ = 0, paper_ = 0;
  bool whole_ = true, paper_whole_ = true;
  RowWeights weights_;  // rows in its midst, which weigh 0, must be there too
};

/// `at_looks`: the experiment adds seeds by its rows, so one look at their sums would show too much.
std::vector<Subtotal> judged(std::vector<Sum>& sums, const std::vector<Row>& rows, const std::string& score,
                             const Judging& judging, const ImagesOfRuns& images, bool at_looks) {
  std::erase_if(sums, [](const Sum& sum) { return !sum.begun(); });  // an ablation of the recipe alone has one
  std::vector<Subtotal> subtotals;
  for (Sum& sum : sums) subtotals.push_back(sum.take(rows, score, images));
  std::vector<Difference*> differences;
  for (Subtotal& each : subtotals)
    if (each.difference) differences.push_back(&*each.difference);
  if (at_looks)
    for (Difference* each : differences) each->interval = std::nullopt, each->p = std::nullopt;
  else judge_together(differences, judging);
  return subtotals;
}

bool edits_recipe(const Row& row) {
  return std::any_of(row.changes.begin(), row.changes.end(),
                     [](const Change& change) { return change.pointer.starts_with("/recipe"); });
}

}  // namespace

Subtotals subtotals_of(const config::ExperimentOptions& options, const std::vector<Row>& rows, const std::string& score,
                       const Judging& judging, const ImagesOfRuns& images) {
  if (options.kind != config::ExperimentKind::ablation || options.design != config::Design::cumulative) return {};
  std::vector<Sum> groups, kinds{Sum("recipe"), Sum("architecture")};
  bool any_recipe = false;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    if (!row.delta || row.side_branch || !row.is_as_written) continue;
    const bool recipe = edits_recipe(row);
    any_recipe = any_recipe || recipe;
    kinds[recipe ? 0 : 1].add(i, *row.delta);
    if (row.group.empty()) continue;
    auto sum = std::find_if(groups.begin(), groups.end(), [&](const Sum& each) { return each.group() == row.group; });
    if (sum == groups.end()) sum = groups.insert(groups.end(), Sum(row.group));
    sum->add(i, *row.delta);
  }
  Subtotals subtotals;
  const bool at_looks = options.until.has_value();
  if (!groups.empty()) subtotals.groups = judged(groups, rows, score, judging, images, at_looks);
  if (any_recipe) subtotals.recipe_and_architecture = judged(kinds, rows, score, judging, images, at_looks);
  return subtotals;
}

}  // namespace staircase::analysis
