#include "staircase/report/comparison.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "staircase/analysis/score.h"
#include "staircase/base/counted.h"
#include "staircase/base/printable.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"

namespace staircase::report {
namespace {

using analysis::Difference;
using analysis::Row;
using config::Json;

/// Whether all experiments can be compared by averaged weights; by raw ones where some of them have no average.
bool all_of_average(const std::vector<ReportData>& experiments) {
  return std::all_of(experiments.begin(), experiments.end(),
                     [](const ReportData& experiment) { return experiment.results.of_average; });
}

std::string common_score(const std::vector<ReportData>& experiments) {
  return analysis::score_name(*experiments[0].results.task, all_of_average(experiments));
}

/// The rows of an experiment by name.
using Rows = std::unordered_map<std::string, const Row*>;

std::vector<Rows> rows_by_name(const std::vector<ReportData>& experiments) {
  std::vector<Rows> all;
  for (const ReportData& experiment : experiments) {
    all.emplace_back();
    for (const Row& row : experiment.results.rows) all.back().try_emplace(row.name, &row);
  }
  return all;
}

/// The row of that name; null: the experiment has none.
const Row* row_named(const Rows& rows, const std::string& name) {
  const auto found = rows.find(name);
  return found == rows.end() ? nullptr : found->second;
}

std::vector<std::string> all_names(const std::vector<ReportData>& experiments) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const ReportData& experiment : experiments)
    for (const Row& row : experiment.results.rows)
      if (seen.insert(row.name).second) names.push_back(row.name);
  return names;
}

/// Whether two experiments' rows of that name have other data; not where one has no such row.
bool have_other_data(const std::vector<ReportData>& two, const std::string& name) {
  const Trained &a = two[0].trained, &b = two[1].trained;
  const TrainedRow *first = find_row(a, name), *second = find_row(b, name);
  return first && second && have_other_data(a, *first, b, *second);
}

/// Of the number that the experiments are compared by.
bool is_at_chance(const ReportData& experiment, const Row& row, const std::string& score) {
  return experiment.results.score == score ? row.at_chance : row.raw_at_chance;
}

/// The second experiment's row of each name minus the first's, by pairs of equal seed; empty where one has none, or
/// other data than the other.
std::vector<std::optional<Difference>> judged_differences(const std::vector<ReportData>& two,
                                                          const std::vector<Rows>& rows, const std::string& score,
                                                          const std::vector<std::string>& names) {
  std::vector<std::optional<Difference>> differences;
  std::vector<Difference*> judged;
  for (const std::string& name : names) {
    const Row* first = row_named(rows[0], name);
    const Row* second = row_named(rows[1], name);
    differences.emplace_back();
    if (first && second && !have_other_data(two, name))
      differences.back() = analysis::difference_of(
          analysis::values_of(analysis::paired_differences(second->scores(score), first->scores(score))));
  }
  for (size_t i = 0; i < names.size(); ++i)
    if (differences[i] && is_at_chance(two[0], *row_named(rows[0], names[i]), score) &&
        is_at_chance(two[1], *row_named(rows[1], names[i]), score))
      analysis::leave_at_chance(*differences[i]);
  for (auto& each : differences)
    if (each) judged.push_back(&*each);
  const bool alike = two[0].results.statistics == two[1].results.statistics;
  analysis::judge_together(judged, {alike ? two[0].results.statistics : config::Statistics::paired_t});
  return differences;
}

/// "shapes, 10 classes".
std::string data_text(const ReportData& experiment, const std::string& row) {
  return std::string(config::to_name(find_row(experiment.trained, row)->configuration.data.kind)) + ", " +
         counted(experiment.trained.classes, "class", "classes");
}

/// A verdict and its difference, two cells; empty where there is none.
void add_difference(const std::optional<Difference>& difference, std::vector<std::string>& line) {
  line.push_back(verdict_text(difference));
  line.push_back(difference ? difference_text(difference) : "");
}

/// What decides no single run, or all of them alike.
Json shared_fields(const Json& experiment) {
  Json fields = Json::object();
  if (!experiment.is_object()) return fields;
  for (const char* key : {"kind", "design", "seeds", "threads"})
    if (experiment.contains(key)) fields[std::string("/") + key] = experiment[key];
  return fields;
}

/// The values of a field, an experiment a column; a line where they are not all equal.
void add_field(const std::string& row, const std::string& pointer, const std::vector<Json>& values, TextTable& table) {
  if (std::all_of(values.begin(), values.end(), [&](const Json& value) { return value == values[0]; })) return;
  std::vector<std::string> line{row, pointer};
  for (const Json& value : values)
    line.push_back(value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump());
  table.rows.push_back(line);
}

}  // namespace

void label_experiments(std::vector<ReportData>& experiments) {
  for (ReportData& experiment : experiments) {
    const std::string& name = experiment.results.name;
    const auto same = std::count_if(experiments.begin(), experiments.end(),
                                    [&](const ReportData& other) { return other.results.name == name; });
    experiment.label = same > 1 ? experiment.folder : name;
  }
}

TextTable comparison_table(const std::vector<ReportData>& experiments) {
  TextTable table{{"name"}, {false}, {}};
  const auto add_columns = [&](const std::string& difference, const std::string& verdict) {
    table.header.insert(table.header.end(), {verdict, difference});
    table.right.insert(table.right.end(), {false, true});
  };
  const std::string score = common_score(experiments);
  const std::string title = analysis::score_title(*experiments[0].results.task, all_of_average(experiments));
  for (const ReportData& experiment : experiments) {
    table.header.push_back(experiment.label + ": " + title);
    table.right.push_back(true);
    // Its own table says what the delta is of; beside other numbers than those it would mislead.
    if (experiment.results.score == score)
      add_columns(experiment.label + ": " + delta_title(experiment.results), experiment.label + ": verdict");
  }
  const std::vector<std::string> names = all_names(experiments);
  const std::vector<Rows> rows = rows_by_name(experiments);
  std::vector<std::optional<Difference>> differences;
  if (experiments.size() == 2) {
    const std::string difference = experiments[1].label + " - " + experiments[0].label;
    add_columns(difference, difference + ": verdict");
    differences = judged_differences(experiments, rows, score, names);
  }
  for (size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> line{names[i]};
    for (size_t e = 0; e < experiments.size(); ++e) {
      const Row* row = row_named(rows[e], names[i]);
      line.push_back(row ? spread_text(row->spread(score)) : "");
      if (experiments[e].results.score == score)
        add_difference(row && row->delta ? row->delta->difference : std::nullopt, line);
    }
    if (!differences.empty()) add_difference(differences[i], line);
    if (!differences.empty() && have_other_data(experiments, names[i])) line.back() = "other data";
    table.rows.push_back(line);
  }
  drop_empty_columns(table);
  return table;
}

TextTable differences_table(const std::vector<ReportData>& experiments) {
  TextTable table{{"row", "field"}, {false, false}, {}};
  std::vector<Json> shared;
  std::vector<const Trained*> trained;
  for (const ReportData& experiment : experiments) {
    table.header.push_back(experiment.label);
    table.right.push_back(false);
    shared.push_back(shared_fields(experiment.experiment));
    trained.push_back(&experiment.trained);
  }
  for (const auto& [pointer, values] : values_by_pointer(shared)) add_field("", pointer, values, table);
  for (const TrainedDifference& each : trained_differences(trained))
    add_field(each.row, each.pointer, each.values, table);
  drop_empty_columns(table);
  return table;
}

std::string other_data_note(const std::vector<ReportData>& experiments) {
  if (experiments.size() != 2) return "";
  std::vector<std::string> others;
  size_t common = 0;
  for (const std::string& name : all_names(experiments)) {
    if (!find_row(experiments[0].trained, name) || !find_row(experiments[1].trained, name)) continue;
    ++common;
    if (have_other_data(experiments, name)) others.push_back(name);
  }
  if (others.empty()) return "";
  const size_t most = 10, more = others.size() > most ? others.size() - most : 0;
  others.resize(others.size() - more);
  const std::string which = join(others) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
  return experiments[0].label + " (" + data_text(experiments[0], others[0]) + ") and " + experiments[1].label + " (" +
         data_text(experiments[1], others[0]) + ") have other data" +
         (others.size() + more == common ? "" : " in " + which) + ": their scores cannot be subtracted";
}

std::string seeds_alone_note(const std::vector<ReportData>& experiments) {
  if (experiments.size() != 2) return "";
  const auto differences =
      judged_differences(experiments, rows_by_name(experiments), common_score(experiments), all_names(experiments));
  const bool any =
      std::any_of(differences.begin(), differences.end(), [](const auto& each) { return each && each->interval; });
  if (!any) return "";
  return "The difference of the two experiments is judged by seeds alone: its intervals leave out the choice of the "
         "validation images";
}

std::string comparison_terminal(const std::vector<ReportData>& experiments) {
  const TextTable differences = differences_table(experiments);
  const std::string note = other_data_note(experiments);
  std::string text = note.empty() ? "" : printable(note) + "\n\n";
  text += terminal_table(comparison_table(experiments));
  if (const std::string seeds_alone = seeds_alone_note(experiments); !seeds_alone.empty()) text += seeds_alone + ".\n";
  if (!differences.rows.empty()) text += "\nWhat differs besides the steps:\n" + terminal_table(differences);
  return text;
}

}  // namespace staircase::report
