#include "staircase/report/training.h"

#include <algorithm>
#include <functional>

#include "staircase/base/counted.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/config/recipes.h"
#include "staircase/experiment/schedule_warnings.h"

namespace staircase::report {
namespace {

using config::DataOptions;
using config::Json;

constexpr size_t most_named = 10;

std::string data_line(const DataOptions& data, const Trained& trained) {
  const std::string kind(config::to_name(data.kind));
  if (config::is_described_whole(data))
    return kind + " (drawn): train " + counted(data.train_images, "image") + ", val " +
           counted(data.val_images, "image") + ", " + counted(trained.classes, "class", "classes") + ", set " +
           std::to_string(config::drawn_seed(data));
  const std::string start = kind + " in " + data.path + ": ";
  const config::DataContent* content = find_content(trained.sets, data);
  if (!content) return start + "what it holds is not known, " + counted(trained.classes, "class", "classes");
  std::vector<std::string> names;
  if (!content->parts.empty())
    for (const auto& each : content->parts[0].classes) names.push_back(each.name);
  return start + content_text(*content) + (names.empty() ? "" : "; classes " + some_of(names, most_named));
}

std::string recipe_text(const config::RecipeOptions& recipe) {
  std::string name = config::recipe_name(recipe);
  if (name.ends_with('*')) name.pop_back();
  std::vector<std::string> changes;
  for (const config::NamedRecipe& named : config::named_recipes()) {
    if (named.name != name) continue;
    for (const config::Difference& each : diff_options(named.options, recipe))
      changes.push_back(each.pointer.substr(each.pointer.rfind('/') + 1) + " " +
                        (each.b.is_string() ? each.b.get<std::string>() : each.b.dump()));
  }
  return name + (changes.empty() ? "" : " with " + join(changes));
}

/// Rows that have the same of something, in their order.
template <class Value>
std::vector<std::pair<Value, std::vector<std::string>>> grouped(
    const Trained& trained, const std::function<Value(const config::Configuration&)>& value_of) {
  std::vector<std::pair<Value, std::vector<std::string>>> groups;
  for (const TrainedRow& row : trained.rows) {
    const Value value = value_of(row.configuration);
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == value; });
    if (found == groups.end()) found = groups.insert(groups.end(), {value, {}});
    found->second.push_back(row.name);
  }
  return groups;
}

/// Cells of the table but for the first, the names of the rows.
std::vector<std::string> training_line(const config::Configuration& c, const Trained& trained) {
  const config::RecipeOptions& r = c.recipe;
  const auto images = experiment::count_train_images(c.data, find_content(trained.sets, c.data));
  // As the trainer counts them: images that fill no batch are left out.
  const std::string steps = images ? grouped_digits(*images / r.batch_size * r.epochs) : "";
  return {config::recipe_name(r),
          std::string(config::to_name(r.optimizer)),
          Json(r.learning_rate).dump(),
          std::to_string(r.batch_size),
          std::to_string(r.epochs),
          steps,
          std::to_string(c.data.image_size_px),
          r.ema_decay > 0 ? Json(r.ema_decay).dump() : ""};
}

}  // namespace

std::vector<std::string> data_lines(const Trained& trained) {
  std::vector<std::string> lines;
  const auto line_of = [&](const config::Configuration& c) { return data_line(c.data, trained); };
  for (const auto& [line, rows] : grouped<std::string>(trained, line_of)) lines.push_back(line);
  for (const std::string& warning : trained.data_warnings) lines.push_back("warning: " + warning);
  return lines;
}

std::vector<std::string> recipe_lines(const Trained& trained) {
  std::vector<std::string> lines;
  const auto groups =
      grouped<std::string>(trained, [](const config::Configuration& c) { return recipe_text(c.recipe); });
  const size_t most = 10;
  for (const auto& [recipe, rows] : groups) {
    if (lines.size() == most) {
      lines.push_back(std::to_string(groups.size() - most) + " more: config.json of each run has its own");
      break;
    }
    lines.push_back((groups.size() > 1 ? some_of(rows, most_named) + ": " : "") + recipe);
  }
  return lines;
}

TextTable training_table(const Trained& trained) {
  TextTable table{
      {"rows", "recipe", "optimizer", "learning rate", "batch size", "epochs", "steps", "image size (px)", "EMA decay"},
      {false, false, false, true, true, true, true, true, true},
      {}};
  auto groups = grouped<std::vector<std::string>>(
      trained, [&](const config::Configuration& c) { return training_line(c, trained); });
  for (auto& [line, rows] : groups) {
    line.insert(line.begin(), groups.size() == 1 ? "all" : some_of(rows, most_named));
    table.rows.push_back(line);
  }
  drop_empty_columns(table);
  return table;
}

}  // namespace staircase::report
