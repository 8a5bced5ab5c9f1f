#include "staircase/config/task_metrics.h"

namespace staircase::config {

const TaskMetrics& classification_metrics() {
  static const TaskMetrics metrics{
      "classification", {{"top1", "top-1", "%"}, {"top5", "top-5", "%"}, {"loss", "loss", "", false}}, 0};
  return metrics;
}

}  // namespace staircase::config
