#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/config/data_content.h"
#include "staircase/config/recipe_options.h"

namespace staircase::experiment {

/// How many images such data train on; empty: `content`, what is known of files, is null.
std::optional<int64_t> count_train_images(const config::DataOptions& data, const config::DataContent* content);

/// A row of an experiment as far as its schedule goes.
struct ScheduledRow {
  std::string name;
  const config::RecipeOptions* recipe;  ///< not null
  int64_t train_images;
};

/// Schedules that are too short for what they hold, each with the rows of which it is so: a warmup that is all of it,
/// so that the learning rate is only reached at its end, and an average without warmup whose time constant, 1 / (1 -
/// ema_decay) steps, is longer than the run.
std::vector<std::string> schedule_warnings(const std::vector<ScheduledRow>& rows);

}  // namespace staircase::experiment
