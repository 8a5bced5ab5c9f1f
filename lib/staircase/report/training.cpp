#include "staircase/report/training.h"

#include <algorithm>

#include "staircase/base/counted.h"
#include "staircase/base/text.h"
#include "staircase/config/recipes.h"

namespace staircase::report {
namespace {

using config::DataOptions;
using config::Json;

/// "a, b, c and 7 more".
std::string some_of(const std::vector<std::string>& names) {
  const size_t most = 10;
  if (names.size() <= most) return join(names);
  return join({names.begin(), names.begin() + most}) + " and " + std::to_string(names.size() - most) + " more";
}

const config::DataContent::Part* part_of(const config::DataContent& content, const std::string& name) {
  const auto found =
      std::find_if(content.parts.begin(), content.parts.end(), [&](const auto& part) { return part.name == name; });
  return found == content.parts.end() ? nullptr : &*found;
}

std::optional<int64_t> train_images(const DataOptions& data, const Trained& trained) {
  if (config::is_described_whole(data)) return data.train_images;
  const config::DataContent* content = find_content(trained.sets, data);
  const auto* part = content ? part_of(*content, "train") : nullptr;
  return part ? std::optional(part->images()) : std::nullopt;
}

std::string data_line(const DataOptions& data, const Trained& trained) {
  const std::string kind(config::to_name(data.kind));
  if (config::is_described_whole(data))
    return kind + " (drawn): train " + counted(data.train_images, "image") + ", val " +
           counted(data.val_images, "image") + ", " + counted(trained.classes, "class", "classes") + ", set " +
           std::to_string(data.shapes_seed);
  const std::string start = kind + " in " + data.path + ": ";
  const config::DataContent* content = find_content(trained.sets, data);
  if (!content) return start + "what it holds is not known, " + counted(trained.classes, "class", "classes");
  std::vector<std::string> names;
  if (!content->parts.empty())
    for (const auto& each : content->parts[0].classes) names.push_back(each.name);
  return start + content_text(*content) + (names.empty() ? "" : "; classes " + some_of(names));
}

/// Cells of the table but for the first, the names of the rows.
std::vector<std::string> training_line(const config::Configuration& c, const Trained& trained) {
  const config::RecipeOptions& r = c.recipe;
  const auto images = train_images(c.data, trained);
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
  for (const TrainedRow& row : trained.rows) {
    const std::string line = data_line(row.configuration.data, trained);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  return lines;
}

TextTable training_table(const Trained& trained) {
  TextTable table{
      {"rows", "recipe", "optimizer", "learning rate", "batch size", "epochs", "steps", "image size (px)", "EMA decay"},
      {false, false, false, true, true, true, true, true, true},
      {}};
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> groups;
  for (const TrainedRow& row : trained.rows) {
    const auto line = training_line(row.configuration, trained);
    auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.first == line; });
    if (found == groups.end()) found = groups.insert(groups.end(), {line, {}});
    found->second.push_back(row.name);
  }
  for (auto& [line, rows] : groups) {
    line.insert(line.begin(), groups.size() == 1 ? "all" : some_of(rows));
    table.rows.push_back(line);
  }
  drop_empty_columns(table);
  return table;
}

}  // namespace staircase::report
