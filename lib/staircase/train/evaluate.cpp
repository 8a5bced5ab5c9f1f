#include "staircase/train/evaluate.h"

#include "staircase/nn/libtorch.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/gather.h"

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
                                 const std::function<void()>& between_batches, const OutputVisitor& visit,
                                 processes::ProcessGroup* group) {
  const torch::NoGradGuard no_grad;
  const EvaluationMode evaluation_mode(models);
  std::vector<BatchSums> batches;
  loader.begin(0, 0);
  while (auto batch = loader.next()) {
    if (between_batches) between_batches();
    const TaskBatch examples{std::move(*batch), {}, {}};
    const torch::Tensor inputs = task.inputs(examples).to(device, /*non_blocking=*/true);
    BatchSums sums{examples.batch.index, examples.batch.labels.size(0), {}};
    for (size_t m = 0; m < models.size(); ++m) {
      torch::Tensor outputs;
      {
        const nn::Bfloat16Scope bf16(precision == config::Precision::bf16, device.type());
        outputs = models[m]->forward(inputs).to(torch::kFloat);
      }
      sums.of_models.push_back(task.sums(outputs, examples));
      if (visit) visit(m, outputs, examples);
    }
    batches.push_back(std::move(sums));
  }
  if (group) batches = gathered(batches, *group);
  int64_t images = 0;
  std::vector<std::vector<double>> sums(models.size());
  for (const BatchSums& batch : batches) {
    images += batch.images;
    for (size_t m = 0; m < models.size(); ++m) add_to(sums[m], batch.of_models[m]);
  }
  if (images == 0) throw processes::FailedTogether("evaluation: not one image of the data set could be read");
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
