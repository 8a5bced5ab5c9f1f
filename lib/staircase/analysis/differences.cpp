#include "staircase/analysis/differences.h"

#include <algorithm>
#include <cmath>

namespace staircase::analysis {

using config::Json;

std::vector<double> values_of(const SeedNumbers& numbers) {
  std::vector<double> values;
  for (const auto& [seed, value] : numbers) values.push_back(value);
  return values;
}

SeedNumbers row_scores(const Json& row, const std::string& score) {
  SeedNumbers scores;
  for (const Json& seed : row.at("seeds"))
    if (seed.contains(score) && seed[score].is_number())
      scores[seed.at("seed").get<int64_t>()] = seed.at(score).get<double>();
  return scores;
}

SeedNumbers paired_differences(const SeedNumbers& a, const SeedNumbers& b) {
  SeedNumbers differences;
  for (const auto& [seed, value] : a)
    if (const auto other = b.find(seed); other != b.end()) differences[seed] = value - other->second;
  return differences;
}

namespace {

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

}  // namespace

Json spread_json(const Spread& spread) {
  return {{"mean", spread.mean},
          {"std", spread.std ? Json(*spread.std) : Json(nullptr)},
          {"n", spread.count},
          {"interval", interval_json(spread.interval)}};
}

Json difference_json(const std::vector<double>& differences, const std::optional<OtherError>& other) {
  if (differences.empty()) return nullptr;
  Spread spread = spread_of(differences);
  Json json = spread_json(spread);
  json["std_error"] = nullptr;
  json["p"] = nullptr;
  if (!spread.std) return json;
  const int degrees = std::min(spread.count - 1, other ? other->degrees : spread.count - 1);
  const double std_error =
      std::hypot(*spread.std / std::sqrt(static_cast<double>(spread.count)), other ? other->std_error : 0.0);
  const auto p = p_of_zero(spread.mean, std_error, degrees);
  json["std_error"] = std_error;
  json["p"] = p ? Json(*p) : Json(nullptr);
  json["interval"] = interval_json(p ? std::optional(interval_around(spread.mean, std_error, degrees)) : std::nullopt);
  return json;
}

void judge_together(const std::vector<Json*>& differences) {
  std::vector<double> p_values;
  std::vector<Json*> judged;
  for (Json* each : differences) {
    if (!each->is_object() || !each->contains("p")) continue;
    (*each)["p_holm"] = nullptr;
    (*each)["verdict"] = (*each)["std"].is_number() ? Json(no_spread_seen) : Json(nullptr);
    if (!(*each)["p"].is_number()) continue;
    p_values.push_back((*each)["p"].get<double>());
    judged.push_back(each);
  }
  const std::vector<double> corrected = holm(p_values);
  const double level = 0.05;
  for (size_t i = 0; i < judged.size(); ++i) {
    Json& each = *judged[i];
    const auto mean = each[each.contains("mean") ? "mean" : "value"].get<double>();
    each["p_holm"] = corrected[i];
    each["verdict"] = corrected[i] >= level ? no_difference_shown : mean > 0 ? "higher" : "lower";
  }
}

}  // namespace staircase::analysis
