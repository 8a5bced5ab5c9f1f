#include "staircase/train/evaluate.h"

#include <stdexcept>

#include "staircase/nn/libtorch.h"

namespace staircase::train {
namespace {

/// Evaluation mode for the length of a scope.
class EvaluationMode {
 public:
  explicit EvaluationMode(const std::vector<nn::Classifier*>& models) {
    for (nn::Classifier* model : models) {
      before_.emplace_back(model, model->is_training());
      model->eval();
    }
  }
  ~EvaluationMode() {
    for (auto& [model, training] : before_) model->train(training);
  }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  std::vector<std::pair<nn::Classifier*, bool>> before_;
};

void add_to(std::vector<double>& sums, const std::vector<double>& more) {
  sums.resize(more.size());
  for (size_t i = 0; i < more.size(); ++i) sums[i] += more[i];
}

}  // namespace

std::vector<Evaluation> evaluate(const std::vector<nn::Classifier*>& models, data::Loader& loader, const Task& task,
                                 torch::Device device, config::Precision precision,
                                 const std::function<void()>& between_batches, const OutputVisitor& visit) {
  const torch::NoGradGuard no_grad;
  const EvaluationMode evaluation_mode(models);
  std::vector<std::vector<double>> sums(models.size());
  int64_t images = 0;
  loader.begin(0, 0);
  while (auto batch = loader.next()) {
    if (between_batches) between_batches();
    const TaskBatch examples{std::move(*batch), {}, {}};
    const torch::Tensor inputs = task.inputs(examples).to(device);
    for (size_t m = 0; m < models.size(); ++m) {
      torch::Tensor outputs;
      {
        const nn::Bfloat16Scope bf16(precision == config::Precision::bf16, device.type());
        outputs = models[m]->forward(inputs).to(torch::kFloat);
      }
      add_to(sums[m], task.sums(outputs, examples));
      if (visit) visit(m, outputs, examples);
    }
    images += examples.batch.labels.size(0);
  }
  if (images == 0) throw std::runtime_error("evaluation: not one image of the data set could be read");
  std::vector<Evaluation> evaluations;
  for (const auto& sum : sums) evaluations.push_back({task.values(sum, images), images});
  return evaluations;
}

void add_values(config::Json& line, const config::TaskMetrics& metrics, const Evaluation& evaluation,
                const std::string& prefix, const std::string& suffix) {
  for (size_t i = 0; i < metrics.metrics.size(); ++i)
    line[prefix + std::string(metrics.metrics[i].name) + suffix] = evaluation.values.at(i);
}

}  // namespace staircase::train
