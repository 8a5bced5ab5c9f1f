#include "staircase/analysis/effects.h"

#include <unordered_map>

#include "staircase/analysis/differences.h"
#include "staircase/analysis/shapley.h"

namespace staircase::analysis {
namespace {

using config::Design;
using config::Json;

/// A difference under the key "value", as effects and interactions have it.
Json with_value(Json entry, const Json& difference) {
  if (difference.is_null()) {
    entry["value"] = nullptr;
    return entry;
  }
  entry["value"] = difference.at("mean");
  for (const char* key : {"std", "std_error", "n", "interval", "p"}) entry[key] = difference.at(key);
  return entry;
}

class EffectBuilder {
 public:
  EffectBuilder(const experiment::DesignedExperiment& design, Json& results) : design_(design), results_(results) {
    const auto score = results["score"].get<std::string>();
    for (size_t i = 0; i < design.variants.size(); ++i)
      scores_[design.variants[i].subset.value()] = row_scores(results["rows"][i], score);
  }

  /// Each step's contrast, of experiment::added_alone or experiment::removed_from_full.
  template <class ContrastOf>
  void add_contrasts(ContrastOf contrast_of) {
    Json effects = Json::array();
    for (size_t i = 0; i < design_.steps.size(); ++i) {
      const experiment::Contrast contrast = contrast_of(design_.requirements, i);
      effects.push_back(with_value(step_entry(i), difference_of(contrast)));
    }
    finish("effects", effects);
  }

  void add_interactions() {
    Json list = Json::array();
    for (size_t a = 0; a < design_.steps.size(); ++a)
      for (size_t b = a + 1; b < design_.steps.size(); ++b) {
        Json entry = {{"a", design_.steps[a].name}, {"b", design_.steps[b].name}};
        const auto pair = experiment::pair_of(design_.requirements, a, b);
        list.push_back(pair ? with_value(entry, difference_of(*pair)) : without_value(entry, a, b));
      }
    finish("interactions", list);
  }

  void add_shapley() {
    const bool exact = design_.orders.empty();
    const auto values_of_seed = [&](const experiment::SubsetScore& score) {
      if (exact) return exact_shapley(design_.requirements, score);
      std::vector<double> values;
      for (const SampledWorth& worth : sampled_shapley(design_.orders, score)) values.push_back(worth.value);
      return values;
    };
    std::vector<std::vector<double>> by_step(design_.steps.size());
    for (int64_t seed : whole_seeds()) {
      const auto values = values_of_seed([&](experiment::Subset subset) { return scores_.at(subset).at(seed); });
      for (size_t i = 0; i < values.size(); ++i) by_step[i].push_back(values[i]);
    }
    const std::vector<double> order_errors = exact ? std::vector<double>() : order_standard_errors();
    const auto order_degrees = static_cast<int>(design_.orders.size()) - 1;
    Json effects = Json::array();
    for (size_t i = 0; i < by_step.size(); ++i) {
      std::optional<OtherError> order_error;
      if (!order_errors.empty()) order_error = {order_errors[i], order_degrees};
      Json entry = with_value(step_entry(i), difference_json(by_step[i], order_error));
      if (order_error) entry["order_std_error"] = order_error->std_error;
      effects.push_back(entry);
    }
    effects.push_back(difference_of(experiment::Contrast{design_.requirements.all(), 0}));
    judge(effects);  // the gain too: it stands in the same table
    const Json gain = effects.back();
    effects.erase(effects.size() - 1);
    results_["effects"] = effects;
    results_["shapley"] = {{"exact", exact}, {"orders", design_.orders.size()}, {"gain", gain}};
  }

 private:
  Json difference_of(const experiment::Contrast& contrast) const {
    return difference_json(seed_by_seed([&](const experiment::SubsetScore& score) { return contrast.worth(score); }));
  }

  Json difference_of(const experiment::PairContrast& pair) const {
    return difference_json(seed_by_seed([&](const experiment::SubsetScore& score) { return pair.interaction(score); }));
  }

  /// One of the two steps is never there without the other.
  Json without_value(Json entry, size_t a, size_t b) const {
    if (!experiment::holds(design_.requirements.needs[b], a)) std::swap(a, b);
    entry["value"] = nullptr;
    entry["reason"] = design_.steps[b].name + " requires " + design_.steps[a].name;
    return entry;
  }

  Json step_entry(size_t step) const {
    Json changes = Json::array();
    for (const auto& change : design_.steps[step].changes)
      changes.push_back({{"pointer", change.pointer}, {"from", change.a}, {"to", change.b}});
    return {{"step", design_.steps[step].name}, {"group", design_.steps[step].group}, {"changes", changes}};
  }

  static void judge(Json& entries) {
    std::vector<Json*> differences;
    for (Json& entry : entries) differences.push_back(&entry);
    judge_together(differences);
  }

  void finish(const char* key, Json& entries) {
    judge(entries);
    results_[key] = entries;
  }

  /// The number of every seed that has all the scores which `worth` asks for.
  template <class Worth>
  std::vector<double> seed_by_seed(Worth worth) const {
    std::vector<double> numbers;
    for (const Json& listed : results_["seeds"]) {
      const auto seed = listed.get<int64_t>();
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
    for (const Json& listed : results_["seeds"]) {
      const auto seed = listed.get<int64_t>();
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
  Json& results_;
  std::unordered_map<experiment::Subset, SeedNumbers> scores_;
};

}  // namespace

void add_effects(const experiment::DesignedExperiment& design, Design kind, Json& results) {
  if (design.steps.empty()) return;
  EffectBuilder builder(design, results);
  switch (kind) {
    case Design::one_at_a_time: return builder.add_contrasts(experiment::added_alone);
    case Design::leave_one_out: return builder.add_contrasts(experiment::removed_from_full);
    case Design::shapley: return builder.add_shapley();
    case Design::pairwise: builder.add_contrasts(experiment::added_alone); return builder.add_interactions();
    case Design::cumulative:
    case Design::grid: return;
  }
}

}  // namespace staircase::analysis
