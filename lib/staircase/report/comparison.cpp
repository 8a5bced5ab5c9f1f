#include "staircase/report/comparison.h"

#include <algorithm>
#include <set>

#include "staircase/analysis/differences.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"

namespace staircase::report {
namespace {

using config::Json;

/// The score that all experiments are compared by; raw where some of them have no average.
std::string common_score(const std::vector<Json>& experiments) {
  for (const Json& experiment : experiments)
    if (experiment["results"]["score"] != "top1_ema") return "top1";
  return "top1_ema";
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

/// The second experiment's row of each name minus the first's, by pairs of equal seed; null where one has none.
std::vector<Json> judged_differences(const std::vector<Json>& experiments, const std::vector<std::string>& names) {
  const std::string score = common_score(experiments);
  std::vector<Json> differences;
  for (const std::string& name : names) {
    const Json first = row_named(experiments[0], name), second = row_named(experiments[1], name);
    const bool in_both = first.is_object() && second.is_object();
    differences.push_back(in_both ? analysis::difference_json(analysis::values_of(analysis::paired_differences(
                                        analysis::row_scores(second, score), analysis::row_scores(first, score))))
                                  : Json());
  }
  std::vector<Json*> judged;
  for (Json& each : differences) judged.push_back(&each);
  analysis::judge_together(judged);
  return differences;
}

/// A difference and its verdict, two cells; empty where there is none.
void add_difference(const Json& difference, std::vector<std::string>& line) {
  line.push_back(difference.is_object() ? difference_text(difference) : "");
  line.push_back(verdict_text(difference));
}

/// Pointers and values of what is compared, as texts.
Json compared_fields(const Json& experiment) {
  Json fields = Json::object();
  if (!experiment.is_object()) return fields;
  for (const char* key : {"kind", "design", "base", "threads", "data_has"})
    if (experiment.contains(key)) fields[key] = experiment[key];
  if (fields.contains("data_has") && fields["data_has"].contains("sets"))
    for (Json& set : fields["data_has"]["sets"]) set = set.value("fingerprint", Json());
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
  const auto add_columns = [&](const std::string& difference, const std::string& verdict) {
    table.header.insert(table.header.end(), {difference, verdict});
    table.right.insert(table.right.end(), {true, false});
  };
  const std::string score = common_score(experiments);
  for (const Json& experiment : experiments) {
    const auto label = experiment["label"].get<std::string>();
    table.header.push_back(label + (score == "top1_ema" ? ": top-1 EMA" : ": top-1 raw"));
    table.right.push_back(true);
    // Its own table says what the delta is of; beside other numbers than those it would mislead.
    if (experiment["results"]["score"] == score) add_columns(label + ": delta", label + ": verdict");
  }
  const std::vector<std::string> names = all_names(experiments);
  std::vector<Json> differences;
  if (experiments.size() == 2) {
    add_columns("difference", "verdict");
    differences = judged_differences(experiments, names);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> line{names[i]};
    for (const Json& experiment : experiments) {
      const Json row = row_named(experiment, names[i]);
      line.push_back(row.is_object() ? spread_text(row, score.c_str()) : "");
      if (experiment["results"]["score"] == score)
        add_difference(row.is_object() ? row.value("delta", Json()) : Json(), line);
    }
    if (!differences.empty()) add_difference(differences[i], line);
    table.rows.push_back(line);
  }
  drop_empty_columns(table);
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

}  // namespace staircase::report
