#include "staircase/analysis/average_lag.h"

#include <algorithm>
#include <cmath>

#include "staircase/analysis/score.h"

namespace staircase::analysis {

Given<AverageLag> average_lag(const experiment::DesignedExperiment& design, const std::vector<Row>& rows,
                              const config::TaskMetrics& task, const ChanceLevel& level) {
  AverageLag lag;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Spread* average = rows[i].spread(score_name(task, true));
    const Spread* raw = rows[i].spread(score_name(task, false));
    if (!average || !raw) continue;
    double margin = average_lag_points;
    if (level.val_images) {
      const double share = std::clamp(raw->mean / 100, 0.0, 1.0);
      margin = std::max(margin, 200 * std::sqrt(share * (1 - share) / static_cast<double>(*level.val_images)));
    }
    if (raw->mean - average->mean <= margin) continue;
    lag.rows.push_back({rows[i].name, average->mean, raw->mean});
    lag.from_the_start = lag.from_the_start || !design.variants[i].configuration.recipe.ema_warmup;
  }
  return lag.rows.empty() ? Given<AverageLag>() : Given<AverageLag>(std::move(lag));
}

}  // namespace staircase::analysis
