#pragma once

#include <functional>
#include <string>
#include <vector>

#include "staircase/nn/classifier.h"
#include "staircase/train/task.h"

namespace staircase::train {

/// Over every image of a data set, each counted once.
struct Evaluation {
  std::vector<double> values;  ///< of the task's metrics, in their order
  int64_t images = 0;          ///< without the damaged ones
};

/// What looks at the outputs of one model for one batch: float, on the device.
using OutputVisitor = std::function<void(size_t model, const torch::Tensor& outputs, const TaskBatch& batch)>;

/// Runs every model in evaluation mode over the same pass of the loader, so images are decoded once; the models'
/// modes are kept. One result a model, the same numbers as alone. In a group each process has its share of the batches
/// in its loader and looks at those, and all get the results of all: exactly what one process gets.
/// Throws what the loader throws, and processes::FailedTogether when no image could be read.
std::vector<Evaluation> evaluate(const std::vector<nn::Classifier*>& models, data::Loader& loader, const Task& task,
                                 torch::Device device, config::Precision precision,
                                 const std::function<void()>& between_batches = {}, const OutputVisitor& visit = {},
                                 processes::ProcessGroup* group = nullptr);

/// Adds the values to a JSON object under the metrics' names: PREFIX + name + SUFFIX.
void add_values(config::Json& line, const config::TaskMetrics& metrics, const Evaluation& evaluation,
                const std::string& prefix = "", const std::string& suffix = "");

}  // namespace staircase::train
