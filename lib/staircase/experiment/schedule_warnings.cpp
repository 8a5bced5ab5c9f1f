#include "staircase/experiment/schedule_warnings.h"

#include <algorithm>
#include <cmath>

#include "staircase/base/text.h"
#include "staircase/config/json.h"

namespace staircase::experiment {
namespace {

using config::Json;
using config::RecipeOptions;

/// Optimizer steps, as the trainer counts them: images that fill no batch are left out.
struct Steps {
  int64_t per_epoch, total;
};

/// "": the schedule has time for it.
std::string of_warmup(const RecipeOptions& r, const Steps& steps) {
  const auto warmup = std::llround(r.warmup_epochs * static_cast<double>(steps.per_epoch));
  if (warmup == 0 || warmup < steps.total) return {};
  return "/recipe/warmup_epochs " + Json(r.warmup_epochs).dump() + " is all of the " + std::to_string(r.epochs) +
         " in /recipe/epochs: the learning rate rises to " + Json(r.learning_rate).dump() +
         " with the last step and never falls";
}

std::string of_average(const RecipeOptions& r, const Steps& steps) {
  if (r.ema_decay == 0 || r.ema_warmup) return {};
  const double constant = 1 / (1 - r.ema_decay), left = std::pow(r.ema_decay, static_cast<double>(steps.total));
  if (constant <= static_cast<double>(steps.total)) return {};
  return "/recipe/ema_decay " + Json(r.ema_decay).dump() + " averages over " + grouped_digits(std::llround(constant)) +
         " steps, and a run has " + grouped_digits(steps.total) + ": " + decimals(100 * left, 0) +
         " % of its average are still the initial weights; set /recipe/ema_warmup true, compare the raw weights with "
         "\"score\": \"raw\", or train longer";
}

}  // namespace

std::optional<int64_t> count_train_images(const config::DataOptions& data, const config::DataContent* content) {
  if (config::is_described_whole(data)) return data.train_images;
  if (content)
    for (const config::DataContent::Part& part : content->parts)
      if (part.name == "train") return part.images();
  return std::nullopt;
}

std::vector<std::string> schedule_warnings(const std::vector<ScheduledRow>& rows) {
  std::vector<std::pair<std::string, std::vector<std::string>>> found;  // a text with its rows
  for (const ScheduledRow& row : rows) {
    const int64_t per_epoch = row.train_images / row.recipe->batch_size;
    const Steps steps{per_epoch, per_epoch * row.recipe->epochs};
    for (const std::string& text : {of_warmup(*row.recipe, steps), of_average(*row.recipe, steps)}) {
      if (text.empty()) continue;
      const auto same = [&](const auto& each) { return each.first == text; };
      auto at = std::find_if(found.begin(), found.end(), same);
      if (at == found.end()) at = found.insert(found.end(), {text, {}});
      at->second.push_back(row.name);
    }
  }
  std::vector<std::string> warnings;
  for (const auto& [text, names] : found)
    warnings.push_back(text + (names.size() == rows.size() ? " (in all rows)" : " (in " + join(names) + ")"));
  return warnings;
}

}  // namespace staircase::experiment
