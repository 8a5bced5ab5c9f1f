#include "staircase/lab/comparison.h"

#include <algorithm>
#include <set>

#include "staircase/base/text.h"

namespace staircase::lab {
namespace {

using config::Json;

std::string spread_text(const Json& spread, bool with_sign) {
  if (!spread.is_object()) return "";
  const double mean = spread["mean"].get<double>();
  std::string text = (with_sign && mean >= 0 ? "+" : "") + decimals(mean, 2);
  if (spread["std"].is_number()) text += " ± " + decimals(spread["std"].get<double>(), 2);
  return text;
}

/// The row of that name; null: the experiment has none.
Json row_named(const Json& experiment, const std::string& name) {
  for (const Json& row : experiment["results"]["rows"])
    if (row["name"] == name) return row;
  return nullptr;
}

std::vector<std::string> all_names(const std::vector<Json>& experiments) {
  std::vector<std::string> names;
  for (const Json& experiment : experiments)
    for (const Json& row : experiment["results"]["rows"])
      if (const auto name = row["name"].get<std::string>(); std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
  return names;
}

std::string difference_text(const std::vector<Json>& scores) {
  if (!scores[0].is_object() || !scores[1].is_object()) return "";
  const double difference = scores[1]["mean"].get<double>() - scores[0]["mean"].get<double>();
  return (difference < 0 ? "" : "+") + decimals(difference, 2);
}

/// Pointers and values of what is compared, as texts.
Json compared_fields(const Json& experiment) {
  Json fields = Json::object();
  if (!experiment.is_object()) return fields;
  for (const char* key : {"kind", "design", "base", "threads", "data_has"})
    if (experiment.contains(key)) fields[key] = experiment[key];
  fields = fields.flatten();
  fields["/seeds"] = experiment.value("seeds", Json()).dump();
  // Their keys are pointers themselves and would be escaped by flatten.
  const Json overrides = experiment.value("override", Json::object());
  for (const auto& [pointer, value] : overrides.items()) fields["override " + pointer] = value.dump();
  return fields;
}

}  // namespace

void label_experiments(std::vector<Json>& experiments) {
  for (Json& experiment : experiments) {
    const Json& name = experiment["results"]["name"];
    const auto same = std::count_if(experiments.begin(), experiments.end(),
                                    [&](const Json& other) { return other["results"]["name"] == name; });
    experiment["label"] = same > 1 ? experiment["folder"] : name;
  }
}

TextTable comparison_table(const std::vector<Json>& experiments) {
  TextTable table{{"name"}, {false}, {}};
  const auto add_column = [&](const std::string& title) {
    table.header.push_back(title);
    table.right.push_back(true);
  };
  for (const Json& experiment : experiments) {
    const auto label = experiment["label"].get<std::string>();
    add_column(label + (experiment["results"]["score"] == "top1_ema" ? ": top-1 EMA" : ": top-1 raw"));
    add_column(label + ": delta");
  }
  if (experiments.size() == 2) add_column("difference");
  for (const std::string& name : all_names(experiments)) {
    std::vector<std::string> line{name};
    std::vector<Json> scores;
    for (const Json& experiment : experiments) {
      const Json row = row_named(experiment, name);
      scores.push_back(row.is_object() ? row["score"] : Json());
      line.push_back(spread_text(scores.back(), false));
      line.push_back(row.is_object() ? spread_text(row.value("delta", Json()), true) : "");
    }
    if (experiments.size() == 2) line.push_back(difference_text(scores));
    table.rows.push_back(line);
  }
  return table;
}

TextTable differences_table(const std::vector<Json>& experiments) {
  TextTable table{{"field"}, {false}, {}};
  std::vector<Json> fields;
  std::vector<std::string> pointers;
  for (const Json& experiment : experiments) {
    table.header.push_back(experiment["label"].get<std::string>());
    table.right.push_back(false);
    fields.push_back(compared_fields(experiment["experiment"]));
    for (const auto& [pointer, value] : fields.back().items())
      if (std::find(pointers.begin(), pointers.end(), pointer) == pointers.end()) pointers.push_back(pointer);
  }
  for (const std::string& pointer : pointers) {
    std::vector<std::string> line{pointer};
    std::set<std::string> values;
    for (const Json& each : fields) {
      const Json value = each.value(pointer, Json());
      line.push_back(value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump());
      values.insert(line.back());
    }
    if (values.size() > 1) table.rows.push_back(line);
  }
  return table;
}

std::string comparison_terminal(const std::vector<Json>& experiments) {
  const TextTable differences = differences_table(experiments);
  std::string text = terminal_table(comparison_table(experiments));
  if (!differences.rows.empty()) text += "\nWhat differs besides the steps:\n" + terminal_table(differences);
  return text;
}

}  // namespace staircase::lab
