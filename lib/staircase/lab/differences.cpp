#include "staircase/lab/differences.h"

#include <cmath>

namespace staircase::lab {

using config::Json;

std::vector<double> values_of(const SeedNumbers& numbers) {
  std::vector<double> values;
  for (const auto& [seed, value] : numbers) values.push_back(value);
  return values;
}

SeedNumbers row_scores(const Json& row, const std::string& score) {
  SeedNumbers scores;
  for (const Json& seed : row.at("seeds"))
    if (seed.contains(score)) scores[seed.at("seed").get<int64_t>()] = seed.at(score).get<double>();
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

Json difference_json(const std::vector<double>& differences, double more_error) {
  if (differences.empty()) return nullptr;
  Spread spread = spread_of(differences);
  Json json;
  if (!spread.std) {
    json = spread_json(spread);
    json["std_error"] = nullptr;
    json["p"] = nullptr;
    return json;
  }
  const int degrees = spread.count - 1;
  const double std_error = std::hypot(*spread.std / std::sqrt(static_cast<double>(spread.count)), more_error);
  spread.interval = interval_around(spread.mean, std_error, degrees);
  json = spread_json(spread);
  json["std_error"] = std_error;
  json["p"] = p_of_zero(spread.mean, std_error, degrees);
  return json;
}

void judge_together(const std::vector<Json*>& differences) {
  std::vector<double> p_values;
  std::vector<Json*> judged;
  for (Json* each : differences) {
    if (!each->is_object()) continue;
    (*each)["p_holm"] = nullptr;
    (*each)["verdict"] = nullptr;
    if (!(*each)["p"].is_number()) continue;
    p_values.push_back((*each)["p"].get<double>());
    judged.push_back(each);
  }
  const std::vector<double> corrected = holm(p_values);
  const double level = 0.05;
  for (size_t i = 0; i < judged.size(); ++i) {
    Json& each = *judged[i];
    each["p_holm"] = corrected[i];
    each["verdict"] = corrected[i] >= level            ? no_difference_shown
                      : each["mean"].get<double>() > 0 ? "higher"
                                                       : "lower";
  }
}

}  // namespace staircase::lab
