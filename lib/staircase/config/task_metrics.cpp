#include "staircase/config/task_metrics.h"

namespace staircase::config {

const TaskMetrics& classification_metrics() {
  static const TaskMetrics metrics{
      "classification", {{"top1", "top-1", "%"}, {"top5", "top-5", "%"}, {"loss", "loss", "", false, 4}}, 0};
  return metrics;
}

const TaskMetrics& masked_autoencoding_metrics() {
  static const TaskMetrics metrics{"masked_autoencoding", {{"loss", "loss", "", false, 4}}, 0};
  return metrics;
}

const TaskMetrics& metrics_of(TaskKind task) {
  return task == TaskKind::masked_autoencoding ? masked_autoencoding_metrics() : classification_metrics();
}

}  // namespace staircase::config
