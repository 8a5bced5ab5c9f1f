#include "staircase/analysis/effects.h"

#include <algorithm>
#include <unordered_map>

#include "staircase/analysis/a_a_checks.h"
#include "staircase/analysis/shapley.h"

namespace staircase::config {

Json Codec<analysis::Worth>::write(const analysis::Worth& worth) {
  Json object = {{"value", nullptr}};
  if (!worth.difference) return object;
  const Json difference = analysis::write_result(*worth.difference);
  object["value"] = difference.at("mean");
  for (const char* key : {"std", "std_error", "n", "interval", "degrees", "p", "p_holm", "verdict"})
    object[key] = difference.at(key);
  return object;
}

}  // namespace staircase::config

namespace staircase::analysis {
namespace {

using config::Design;

/// The difference, for judge_together.
Difference* to_judge(std::optional<Difference>& difference) { return difference ? &*difference : nullptr; }

class EffectBuilder {
 public:
  EffectBuilder(const experiment::DesignedExperiment& design, const std::string& score, const Judging& judging,
                const ImagesOfRuns& images, const std::vector<int64_t>& seeds, std::vector<Row>& rows)
      : design_(design), score_(score), judging_(judging), images_(images), seeds_(seeds), rows_(rows) {
    for (size_t i = 0; i < design.variants.size(); ++i) row_of_[design.variants[i].subset.value()] = i;
  }

  /// Each step's contrast, of experiment::added_alone or experiment::removed_from_full.
  template <class ContrastOf>
  void add_contrasts(ContrastOf contrast_of) {
    result_.effects.emplace();
    std::vector<RowWeights> all_weights;
    for (size_t i = 0; i < design_.steps.size(); ++i) {
      all_weights.push_back(weights_of(contrast_of(design_.requirements, i)));
      result_.effects->push_back(effect(i, difference_of_rows(all_weights[i])));
      hold_to_chance(all_weights[i], result_.effects->back());
    }
    std::vector<Difference*> judged, asked, checks;
    for (Effect& each : *result_.effects) {
      judged.push_back(to_judge(each.worth.difference));
      (is_a_a_check(each.changes) ? checks : asked).push_back(judged.back());
    }
    result_.effects_by = judge_together(asked, judging_);
    judge_together(checks, judging_);
    for (size_t i = 0; i < design_.steps.size(); ++i)
      if (judged[i]) give_verdict(all_weights[i], *judged[i]);
  }

  void add_interactions() {
    result_.interactions.emplace();
    for (size_t a = 0; a < design_.steps.size(); ++a)
      for (size_t b = a + 1; b < design_.steps.size(); ++b) result_.interactions->push_back(interaction(a, b));
    std::vector<Difference*> judged;
    for (Interaction& each : *result_.interactions) judged.push_back(to_judge(each.worth.difference));
    result_.interactions_by = judge_together(judged, judging_);
  }

  void add_shapley() {
    const bool exact = design_.orders.empty();
    const std::vector<SubsetWeights> by_step =
        exact ? exact_shapley_weights(design_.requirements) : sampled_shapley_weights(design_.orders);
    const std::vector<double> order_errors = exact ? std::vector<double>() : order_standard_errors();
    const auto order_degrees = static_cast<double>(design_.orders.size()) - 1;
    result_.effects.emplace();
    for (size_t i = 0; i < by_step.size(); ++i) {
      std::optional<ErrorSource> order_error;
      if (!order_errors.empty()) order_error = {order_errors[i], order_degrees};
      const RowWeights weights = weights_of(by_step[i]);
      result_.effects->push_back(effect(i, weighted_difference(weights, of_whole_seeds(weights),
                                                                {order_error, image_error(weights, images_)})));
      hold_to_chance(every_row(), result_.effects->back());
      if (order_error) result_.effects->back().order_std_error = order_error->std_error;
    }
    const RowWeights whole = weights_of(experiment::Contrast{design_.requirements.all(), 0});
    result_.shapley.emplace(ShapleySum{exact, design_.orders.size(), difference_of_rows(whole)});
    std::vector<Difference*> judged;
    for (Effect& each : *result_.effects) judged.push_back(to_judge(each.worth.difference));
    judged.push_back(to_judge(result_.shapley->gain));  // it stands in the same table
    if (judged.back() && all_at_chance(whole, rows_)) leave_at_chance(*judged.back());
    result_.effects_by = judge_together(judged, judging_);
    if (judged.back()) give_verdict(whole, *judged.back());
  }

  Effects take() { return std::move(result_); }

 private:
  RowWeights weights_of(const experiment::Contrast& contrast) const {
    return row_minus(row_of_.at(contrast.with), row_of_.at(contrast.without));
  }
  RowWeights weights_of(const experiment::PairContrast& pair) const {
    return {{row_of_.at(pair.both), 1},
            {row_of_.at(pair.first), -1},
            {row_of_.at(pair.second), -1},
            {row_of_.at(pair.none), 1}};
  }
  RowWeights weights_of(const SubsetWeights& subsets) const {
    RowWeights weights;
    for (const auto& [subset, weight] : subsets) weights[row_of_.at(subset)] += weight;
    return weights;
  }
  RowWeights every_row() const {
    RowWeights weights;
    for (const auto& [subset, row] : row_of_) weights[row] = 0;
    return weights;
  }

  std::optional<Difference> difference_of_rows(const RowWeights& weights) const {
    return weighted_difference(weights, weighted_scores(weights, rows_, score_), {image_error(weights, images_)});
  }

  /// Names the rows at chance of those that the worth is made of, and leaves it unjudged where they hide it.
  template <class Entry>
  void hold_to_chance(const RowWeights& weights, Entry& entry) const {
    if (!entry.worth.difference) return;
    std::vector<std::string> names;
    for (const auto& [row, weight] : weights)
      if (rows_[row].at_chance) names.push_back(rows_[row].name);
    if (names.empty()) return;
    if (weights.size() > 2 || names.size() == weights.size()) leave_at_chance(*entry.worth.difference);
    entry.at_chance = std::move(names);
  }

  Effect effect(size_t step, std::optional<Difference> difference) const {
    const experiment::DesignedStep& designed = design_.steps[step];
    return {designed.name, designed.group, changes_of(designed.changes), {std::move(difference)}, {}};
  }

  Interaction interaction(size_t a, size_t b) const {
    Interaction entry{design_.steps[a].name, design_.steps[b].name, {}, {}};
    if (const auto pair = experiment::pair_of(design_.requirements, a, b)) {
      const RowWeights weights = weights_of(*pair);
      entry.worth.difference = difference_of_rows(weights);
      hold_to_chance(weights, entry);
    } else {  // one of the two steps is never there without the other
      const bool b_requires_a = experiment::holds(design_.requirements.needs[b], a);
      entry.reason = b_requires_a ? entry.b + " requires " + entry.a : entry.a + " requires " + entry.b;
    }
    return entry;
  }

  /// One number has one verdict: the row that is compared over these two, in either direction, takes it.
  void give_verdict(const RowWeights& weights, const Difference& judged) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      std::optional<Delta>& delta = rows_[i].delta;
      if (!delta || !delta->difference) continue;
      const bool same = weights == row_minus(i, delta->to_index);
      if (!same && weights != row_minus(delta->to_index, i)) continue;
      delta->is_effect = true;
      delta->difference = same ? judged : negated(judged);
    }
  }

  /// Of the seeds with which every configuration is done: the values of all steps sum to the gain.
  SeedNumbers of_whole_seeds(const RowWeights& weights) const {
    const std::vector<int64_t> whole = whole_seeds();
    SeedNumbers numbers = weighted_scores(weights, rows_, score_);
    std::erase_if(numbers, [&](const auto& each) { return std::count(whole.begin(), whole.end(), each.first) == 0; });
    return numbers;
  }

  std::vector<int64_t> whole_seeds() const {
    std::vector<int64_t> seeds;
    const SeedNumbers all = weighted_scores(every_row(), rows_, score_);
    for (const int64_t seed : seeds_)
      if (all.count(seed)) seeds.push_back(seed);
    return seeds;
  }

  /// What the choice of orders leaves uncertain: of the scores averaged over the seeds.
  std::vector<double> order_standard_errors() const {
    const std::vector<int64_t> seeds = whole_seeds();
    if (seeds.empty()) return {};
    std::unordered_map<experiment::Subset, double> means;
    for (const auto& [subset, row] : row_of_) {
      const SeedNumbers scores = rows_[row].scores(score_);
      for (const int64_t seed : seeds) means[subset] += scores.at(seed) / static_cast<double>(seeds.size());
    }
    std::vector<double> errors;
    for (const SampledWorth& worth :
         sampled_shapley(design_.orders, [&](experiment::Subset subset) { return means.at(subset); }))
      errors.push_back(worth.std_error);
    return errors;
  }

  const experiment::DesignedExperiment& design_;
  const std::string& score_;
  const Judging& judging_;
  const ImagesOfRuns& images_;
  const std::vector<int64_t>& seeds_;
  std::vector<Row>& rows_;
  std::unordered_map<experiment::Subset, size_t> row_of_;
  Effects result_;
};

}  // namespace

Effects add_effects(const experiment::DesignedExperiment& design, Design kind, const std::string& score,
                    const Judging& judging, const ImagesOfRuns& images, const std::vector<int64_t>& seeds,
                    std::vector<Row>& rows) {
  if (design.steps.empty()) return {};
  EffectBuilder builder(design, score, judging, images, seeds, rows);
  switch (kind) {
    case Design::one_at_a_time: builder.add_contrasts(experiment::added_alone); break;
    case Design::leave_one_out: builder.add_contrasts(experiment::removed_from_full); break;
    case Design::shapley: builder.add_shapley(); break;
    case Design::pairwise:
      builder.add_contrasts(experiment::added_alone);
      builder.add_interactions();
      break;
    case Design::grid: builder.add_interactions(); break;
    case Design::cumulative: break;
  }
  return builder.take();
}

}  // namespace staircase::analysis
