#include "staircase/report/trained.h"

#include <algorithm>
#include <set>

#include "staircase/base/counted.h"
#include "staircase/base/text.h"
#include "staircase/runs/data_findings.h"
#include "staircase/runs/ledger.h"

namespace staircase::report {
namespace {

using config::Configuration;
using config::Json;

/// Fields of the data that their kind does not use.
std::vector<const char*> idle_fields(config::DataKind kind) {
  std::vector<const char*> idle;
  if (config::is_drawn(kind)) idle = {"path"};
  else idle = {"train_images", "val_images"};
  if (kind != config::DataKind::shapes) idle.push_back("shapes_seed");
  if (kind != config::DataKind::objects) idle.push_back("objects_seed");
  if (!config::has_photographs(kind)) idle.insert(idle.end(), {"max_bad_fraction", "decode"});
  return idle;
}

/// What the row of that name was trained with on each side; empty: a side has none.
std::vector<Json> fields_of_row(const std::vector<const Trained*>& sides, const std::string& name) {
  std::vector<Json> all;
  for (const Trained* side : sides)
    for (const TrainedRow& row : side->rows)
      if (row.name == name) {
        all.push_back(effective_fields(row.configuration, side->sets));
        break;
      }
  if (all.size() < sides.size()) all.clear();
  return all;
}

bool is_same_everywhere(const std::vector<Json>& values) {
  return std::all_of(values.begin(), values.end(), [&](const Json& value) { return value == values[0]; });
}

bool is_alike(const TrainedDifference& a, const TrainedDifference& b) {
  return a.pointer == b.pointer && a.values == b.values;
}

/// A difference that each of so many rows has stands once, before the others.
std::vector<TrainedDifference> gathered(const std::vector<TrainedDifference>& all, size_t rows) {
  std::vector<TrainedDifference> of_all, others;
  for (const TrainedDifference& each : all) {
    const auto alike = [&](const TrainedDifference& other) { return is_alike(each, other); };
    if (static_cast<size_t>(std::count_if(all.begin(), all.end(), alike)) < rows) others.push_back(each);
    else if (std::none_of(of_all.begin(), of_all.end(), alike)) of_all.push_back({"", each.pointer, each.values});
  }
  of_all.insert(of_all.end(), others.begin(), others.end());
  return of_all;
}

}  // namespace

Trained trained_rows(const std::filesystem::path& folder) {
  const auto [experiment, shape] = runs::Ledger(folder).read_experiment_file();
  Trained trained{{}, shape.classes, shape.sets, {}};
  if (const auto found = runs::read_data_findings(folder)) trained.data_warnings = found->warnings;
  for (const experiment::Variant& variant : runs::design_with(experiment, shape).variants)
    trained.rows.push_back({variant.name, variant.configuration});
  return trained;
}

std::string content_text(const config::DataContent& content) {
  std::vector<std::string> parts;
  for (const config::DataContent::Part& part : content.parts)
    parts.push_back(part.name + " " + counted(part.images(), "image"));
  if (!content.parts.empty())
    parts.push_back(counted(static_cast<long long>(content.parts[0].classes.size()), "class", "classes"));
  parts.push_back("fingerprint " + content.fingerprint());
  return join(parts);
}

const TrainedRow* find_row(const Trained& trained, const std::string& name) {
  const auto found =
      std::find_if(trained.rows.begin(), trained.rows.end(), [&](const TrainedRow& row) { return row.name == name; });
  return found == trained.rows.end() ? nullptr : &*found;
}

bool have_other_data(const Trained& a, const TrainedRow& of_a, const Trained& b, const TrainedRow& of_b) {
  const config::DataOptions &here = of_a.configuration.data, &there = of_b.configuration.data;
  if (here.kind != there.kind || a.classes != b.classes) return true;
  if (config::is_described_whole(here))
    return here.val_images != there.val_images || config::drawn_seed(here) != config::drawn_seed(there);
  const config::DataContent *content = find_content(a.sets, here), *other = find_content(b.sets, there);
  return content && other && content->fingerprint() != other->fingerprint();
}

Json effective_fields(const Configuration& configuration, const std::vector<config::DataContent>& sets) {
  Json whole = config::write_configuration(configuration);
  for (const char* field : idle_fields(configuration.data.kind)) whole["data"].erase(field);
  // The published rate counts where the recipe asks for it.
  whole["recipe"]["drop_path_rate"] =
      configuration.recipe.drop_path_rate.rate.value_or(configuration.model_drop_path_rate);
  whole.erase("model_drop_path_rate");
  if (const config::DataContent* content = find_content(sets, configuration.data)) {
    whole["data"].erase("path");
    whole["data"]["content"] = content_text(*content);
  }
  Json fields = Json::object();
  for (const auto& [part, values] : whole.items())
    for (const auto& [field, value] : values.items()) fields["/" + part + "/" + field] = value;
  return fields;
}

std::vector<std::pair<std::string, std::vector<Json>>> values_by_pointer(const std::vector<Json>& all) {
  std::vector<std::pair<std::string, std::vector<Json>>> list;
  std::set<std::string> seen;
  for (const Json& has : all)
    for (const auto& [pointer, value] : has.items()) {
      if (!seen.insert(pointer).second) continue;
      list.push_back({pointer, {}});
      for (const Json& fields : all) list.back().second.push_back(fields.value(pointer, Json()));
    }
  return list;
}

std::vector<TrainedDifference> trained_differences(const std::vector<const Trained*>& sides) {
  std::vector<TrainedDifference> all;
  size_t rows = 0;
  for (const TrainedRow& row : sides.at(0)->rows) {
    const std::vector<Json> fields = fields_of_row(sides, row.name);
    if (fields.empty()) continue;
    ++rows;
    for (const auto& [pointer, values] : values_by_pointer(fields))
      if (!is_same_everywhere(values)) all.push_back({row.name, pointer, values});
  }
  return gathered(all, rows);
}

}  // namespace staircase::report
