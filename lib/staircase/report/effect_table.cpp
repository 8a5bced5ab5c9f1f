#include "staircase/report/effect_table.h"

#include "staircase/analysis/differences.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/csv.h"

namespace staircase::report {
namespace {

using config::Json;

std::string p_text(const Json& effect) {
  if (!effect.is_object() || !effect.contains("p_holm") || !effect["p_holm"].is_number()) return "";
  const auto p = effect["p_holm"].get<double>();
  return p < 0.001 ? "< 0.001" : decimals(p, 3);
}

/// "+3.10 higher", "+0.20 no difference shown", "+0.20" of one seed.
std::string judged_text(const Json& difference) {
  if (!difference["value"].is_number()) return "?";
  const std::string verdict = verdict_text(difference);
  return signed_text(difference["value"].get<double>()) + (verdict.empty() ? "" : " " + verdict);
}

const Json* interaction_of(const Json& results, const Json& a, const Json& b) {
  for (const Json& each : results["interactions"])
    if (each["a"] == a && each["b"] == b) return &each;
  return nullptr;
}

/// The cells that every line of effects.csv and interactions.csv ends with.
std::vector<std::string> csv_numbers(const Json& entry) {
  std::vector<std::string> cells;
  const auto add = [&](const Json& value) { cells.push_back(value.is_number() ? value.dump() : ""); };
  const auto at = [&](const char* key) { return entry.contains(key) ? entry[key] : Json(nullptr); };
  for (const char* key : {"value", "std", "std_error", "n"}) add(at(key));
  const Json interval = at("interval");
  add(interval.is_array() ? interval[0] : Json(nullptr));
  add(interval.is_array() ? interval[1] : Json(nullptr));
  for (const char* key : {"p", "p_holm"}) add(at(key));
  cells.push_back(verdict_text(entry));
  return cells;
}

const char* const csv_number_names = ",value,std,std_error,n,interval_low,interval_high,p,p_holm,verdict\n";

std::string csv_of(const Json& results, const char* list, const std::vector<const char*>& names) {
  if (!results.contains(list)) return "";
  std::string text = join(std::vector<std::string>(names.begin(), names.end()), ",") + csv_number_names;
  for (const Json& entry : results[list]) {
    std::vector<std::string> cells;
    for (const char* name : names) cells.push_back(entry[name].get<std::string>());
    const auto numbers = csv_numbers(entry);
    cells.insert(cells.end(), numbers.begin(), numbers.end());
    text += csv_line(cells);
  }
  return text;
}

}  // namespace

TextTable effect_table(const Json& results) {
  TextTable table{{"step", "change", "worth", "p (Holm)", "verdict", "error of sampling"},
                  {false, false, true, true, false, true},
                  {}};
  if (!results.contains("effects")) return table;
  for (const Json& effect : results["effects"])
    table.rows.push_back(
        {effect["step"].get<std::string>(), change_text(effect["changes"]), difference_text(effect), p_text(effect),
         verdict_text(effect),
         effect.contains("order_std_error") ? decimals(effect["order_std_error"].get<double>(), 2) : ""});
  if (results.contains("shapley"))
    table.rows.push_back({"all together", "", difference_text(results["shapley"]["gain"]),
                          p_text(results["shapley"]["gain"]), verdict_text(results["shapley"]["gain"]), ""});
  drop_empty_columns(table);
  return table;
}

TextTable interaction_table(const Json& results) {
  TextTable table{{"pair", "together beyond alone", "p (Holm)", "verdict"}, {false, true, true, false}, {}};
  if (!results.contains("interactions")) return table;
  for (const Json& entry : results["interactions"])
    table.rows.push_back({entry["a"].get<std::string>() + " + " + entry["b"].get<std::string>(),
                          entry.contains("reason") ? "" : difference_text(entry), p_text(entry),
                          entry.contains("reason") ? entry["reason"].get<std::string>() : verdict_text(entry)});
  drop_empty_columns(table);
  return table;
}

TextTable interaction_matrix(const Json& results) {
  TextTable table;
  if (!results.contains("interactions")) return table;
  table.header = {"together, alone"};
  table.right = {false};
  for (const Json& effect : results["effects"]) {
    table.header.push_back(effect["step"].get<std::string>());
    table.right.push_back(true);
  }
  for (const Json& a : results["effects"]) {
    std::vector<std::string> line{a["step"].get<std::string>()};
    for (const Json& b : results["effects"]) {
      if (a["step"] == b["step"]) {
        line.push_back("alone " + judged_text(a));
      } else if (const Json* entry = interaction_of(results, a["step"], b["step"])) {
        line.push_back(entry->contains("reason") ? (*entry)["reason"].get<std::string>() : judged_text(*entry));
      } else {
        line.emplace_back();
      }
    }
    table.rows.push_back(line);
  }
  return table;
}

std::vector<std::string> effect_notes(const Json& results) {
  if (!results.contains("effects")) return {};
  const auto design = results["design"].get<std::string>();
  if (design == "one_at_a_time") return {"A step's worth: added alone to the base (on top of what it requires)"};
  if (design == "leave_one_out")
    return {"A step's worth: what the full model loses without it (and without what requires it)"};
  if (design == "pairwise")
    return {"A step's worth: added alone to the base (on top of what it requires)",
            "Together beyond alone: two steps added together, minus what each adds alone; above 0 they help each "
            "other"};
  const auto orders = results["shapley"]["orders"].get<int64_t>();
  const bool exact = results["shapley"]["exact"].get<bool>();
  return {exact ? "A step's worth: its Shapley value, averaged over all orders in which the steps can be taken; "
                  "the values sum to the whole gain"
                : "A step's worth: its Shapley value, averaged over " + std::to_string(orders) +
                      " sampled orders; intervals include the sampling; the values sum to the whole gain"};
}

std::string effects_csv(const Json& results) { return csv_of(results, "effects", {"step", "group"}); }

std::string interactions_csv(const Json& results) { return csv_of(results, "interactions", {"a", "b"}); }

}  // namespace staircase::report
