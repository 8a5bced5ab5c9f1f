#include "staircase/analysis/effects.h"

#include <unordered_map>

#include "staircase/analysis/a_a_checks.h"
#include "staircase/analysis/shapley.h"

namespace staircase::config {

Json Codec<analysis::Worth>::write(const analysis::Worth& worth) {
  Json object = {{"value", nullptr}};
  if (!worth.difference) return object;
  const Json difference = analysis::write_result(*worth.difference);
  object["value"] = difference.at("mean");
  for (const char* key : {"std", "std_error", "n", "interval", "p", "p_holm", "verdict"})
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
  EffectBuilder(const experiment::DesignedExperiment& design, const std::string& score,
                const std::vector<int64_t>& seeds, std::vector<Row>& rows)
      : design_(design), seeds_(seeds), rows_(rows) {
    for (size_t i = 0; i < design.variants.size(); ++i) add_row(design.variants[i].subset.value(), rows[i], score);
  }

  /// Each step's contrast, of experiment::added_alone or experiment::removed_from_full.
  template <class ContrastOf>
  void add_contrasts(ContrastOf contrast_of) {
    result_.effects.emplace();
    for (size_t i = 0; i < design_.steps.size(); ++i)
      result_.effects->push_back(effect(i, difference_of_contrast(contrast_of(design_.requirements, i))));
    std::vector<Difference*> judged, asked, checks;
    for (Effect& each : *result_.effects) {
      judged.push_back(to_judge(each.worth.difference));
      (is_a_a_check(each.changes) ? checks : asked).push_back(judged.back());
    }
    judge_together(asked);
    judge_together(checks);
    for (size_t i = 0; i < design_.steps.size(); ++i) {
      if (!judged[i]) continue;
      const experiment::Contrast contrast = contrast_of(design_.requirements, i);
      hold_to_chance({contrast.with, contrast.without}, *judged[i], (*result_.effects)[i].at_chance);
      give_verdict(contrast, *judged[i]);
    }
  }

  void add_interactions() {
    result_.interactions.emplace();
    for (size_t a = 0; a < design_.steps.size(); ++a)
      for (size_t b = a + 1; b < design_.steps.size(); ++b) result_.interactions->push_back(interaction(a, b));
    std::vector<Difference*> judged;
    for (Interaction& each : *result_.interactions) judged.push_back(to_judge(each.worth.difference));
    judge_together(judged);
    size_t next = 0;
    for (size_t a = 0; a < design_.steps.size(); ++a)
      for (size_t b = a + 1; b < design_.steps.size(); ++b, ++next)
        if (const auto pair = experiment::pair_of(design_.requirements, a, b); pair && judged[next])
          hold_to_chance({pair->none, pair->first, pair->second, pair->both}, *judged[next],
                         (*result_.interactions)[next].at_chance);
  }

  void add_shapley() {
    const bool exact = design_.orders.empty();
    const std::vector<std::vector<double>> by_step = worth_by_step(exact);
    const std::vector<double> order_errors = exact ? std::vector<double>() : order_standard_errors();
    const auto order_degrees = static_cast<int>(design_.orders.size()) - 1;
    result_.effects.emplace();
    for (size_t i = 0; i < by_step.size(); ++i) {
      std::optional<OtherError> order_error;
      if (!order_errors.empty()) order_error = {order_errors[i], order_degrees};
      result_.effects->push_back(effect(i, difference_of(by_step[i], order_error)));
      if (order_error) result_.effects->back().order_std_error = order_error->std_error;
    }
    const experiment::Contrast whole{design_.requirements.all(), 0};
    result_.shapley.emplace(ShapleySum{exact, design_.orders.size(), difference_of_contrast(whole)});
    std::vector<Difference*> judged;
    for (Effect& each : *result_.effects) judged.push_back(to_judge(each.worth.difference));
    judged.push_back(to_judge(result_.shapley->gain));  // it stands in the same table
    judge_together(judged);
    std::vector<experiment::Subset> all;
    for (const experiment::Variant& variant : design_.variants) all.push_back(variant.subset.value());
    for (size_t i = 0; i < by_step.size(); ++i)
      if (judged[i]) hold_to_chance(all, *judged[i], (*result_.effects)[i].at_chance);
    if (!judged.back()) return;
    Given<std::vector<std::string>> of_gain;
    hold_to_chance({whole.with, whole.without}, *judged.back(), of_gain);
    give_verdict(whole, *judged.back());
  }

  Effects take() { return std::move(result_); }

 private:
  void add_row(experiment::Subset subset, const Row& row, const std::string& score) {
    scores_[subset] = row.scores(score);
    if (row.at_chance) at_chance_[subset] = row.name;
  }

  /// Names the rows at chance of those that the difference is made of, and takes its verdict back where they hide it.
  void hold_to_chance(const std::vector<experiment::Subset>& subsets, Difference& difference,
                      Given<std::vector<std::string>>& named) const {
    std::vector<std::string> names;
    for (const experiment::Subset each : subsets)
      if (const auto found = at_chance_.find(each); found != at_chance_.end()) names.push_back(found->second);
    if (names.empty()) return;
    if (subsets.size() > 2 || names.size() == subsets.size()) leave_at_chance(difference);
    named = std::move(names);
  }

  Effect effect(size_t step, std::optional<Difference> difference) const {
    const experiment::DesignedStep& designed = design_.steps[step];
    return {designed.name, designed.group, changes_of(designed.changes), {std::move(difference)}, {}};
  }

  Interaction interaction(size_t a, size_t b) const {
    Interaction entry{design_.steps[a].name, design_.steps[b].name, {}, {}};
    if (const auto pair = experiment::pair_of(design_.requirements, a, b)) {
      entry.worth.difference =
          difference_of(seed_by_seed([&](const experiment::SubsetScore& score) { return pair->interaction(score); }));
    } else {  // one of the two steps is never there without the other
      const bool b_requires_a = experiment::holds(design_.requirements.needs[b], a);
      entry.reason = b_requires_a ? entry.b + " requires " + entry.a : entry.a + " requires " + entry.b;
    }
    return entry;
  }

  std::optional<Difference> difference_of_contrast(const experiment::Contrast& contrast) const {
    return difference_of(seed_by_seed([&](const experiment::SubsetScore& score) { return contrast.worth(score); }));
  }

  /// One number has one verdict: the row that is compared over this contrast, in either direction, takes it.
  void give_verdict(const experiment::Contrast& contrast, const Difference& judged) {
    for (size_t i = 0; i < rows_.size(); ++i) {
      std::optional<Delta>& delta = rows_[i].delta;
      if (!delta || !delta->difference) continue;
      const auto row = design_.variants[i].subset.value(), to = design_.variants[delta->to_index].subset.value();
      const bool same = row == contrast.with && to == contrast.without;
      if (!same && !(row == contrast.without && to == contrast.with)) continue;
      delta->is_effect = true;
      delta->difference->p_holm = judged.p_holm;
      delta->difference->verdict = same || !judged.verdict ? judged.verdict : reversed(*judged.verdict);
    }
  }

  std::vector<std::vector<double>> worth_by_step(bool exact) const {
    std::vector<std::vector<double>> by_step(design_.steps.size());
    for (int64_t seed : whole_seeds()) {
      const experiment::SubsetScore score = [&](experiment::Subset subset) { return scores_.at(subset).at(seed); };
      if (exact) {
        const std::vector<double> values = exact_shapley(design_.requirements, score);
        for (size_t i = 0; i < values.size(); ++i) by_step[i].push_back(values[i]);
      } else {
        const std::vector<SampledWorth> values = sampled_shapley(design_.orders, score);
        for (size_t i = 0; i < values.size(); ++i) by_step[i].push_back(values[i].value);
      }
    }
    return by_step;
  }

  /// The number of every seed that has all the scores which `worth` asks for.
  template <class WorthOf>
  std::vector<double> seed_by_seed(WorthOf worth) const {
    std::vector<double> numbers;
    for (const int64_t seed : seeds_) {
      bool whole = true;
      const double number = worth([&](experiment::Subset subset) {
        const SeedNumbers& scores = scores_.at(subset);
        const auto found = scores.find(seed);
        whole = whole && found != scores.end();
        return found == scores.end() ? 0.0 : found->second;
      });
      if (whole) numbers.push_back(number);
    }
    return numbers;
  }

  /// Seeds with which every configuration is done.
  std::vector<int64_t> whole_seeds() const {
    std::vector<int64_t> seeds;
    for (const int64_t seed : seeds_) {
      bool whole = true;
      for (const auto& [subset, scores] : scores_) whole = whole && scores.count(seed) > 0;
      if (whole) seeds.push_back(seed);
    }
    return seeds;
  }

  /// What the choice of orders leaves uncertain: of the scores averaged over the seeds.
  std::vector<double> order_standard_errors() const {
    const std::vector<int64_t> seeds = whole_seeds();
    if (seeds.empty()) return {};
    const experiment::SubsetScore mean_score = [&](experiment::Subset subset) {
      double sum = 0;
      for (int64_t seed : seeds) sum += scores_.at(subset).at(seed);
      return sum / static_cast<double>(seeds.size());
    };
    std::vector<double> errors;
    for (const SampledWorth& worth : sampled_shapley(design_.orders, mean_score)) errors.push_back(worth.std_error);
    return errors;
  }

  const experiment::DesignedExperiment& design_;
  const std::vector<int64_t>& seeds_;
  std::vector<Row>& rows_;
  std::unordered_map<experiment::Subset, SeedNumbers> scores_;
  std::unordered_map<experiment::Subset, std::string> at_chance_;  // with the names of their rows
  Effects result_;
};

}  // namespace

Effects add_effects(const experiment::DesignedExperiment& design, Design kind, const std::string& score,
                    const std::vector<int64_t>& seeds, std::vector<Row>& rows) {
  if (design.steps.empty()) return {};
  EffectBuilder builder(design, score, seeds, rows);
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
