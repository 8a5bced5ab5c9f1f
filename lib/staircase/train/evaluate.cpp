#include "staircase/train/evaluate.h"

#include <algorithm>
#include <stdexcept>

#include "staircase/nn/libtorch.h"

namespace staircase::train {

Scores evaluate(nn::Classifier& model, data::Loader& loader, torch::Device device, config::Precision precision,
                const std::function<void()>& between_batches) {
  const torch::NoGradGuard no_grad;
  const bool was_training = model.is_training();
  model.eval();
  int64_t first = 0, five = 0;
  Scores scores;
  double loss = 0;
  loader.begin(0, 0);
  while (auto batch = loader.next()) {
    if (between_batches) between_batches();
    const torch::Tensor labels = batch->labels.to(device);
    torch::Tensor logits;
    {
      const nn::Bfloat16Scope bf16(precision == config::Precision::bf16, device.type());
      logits = model.forward(batch->images.to(device)).to(torch::kFloat);
    }
    const int64_t candidates = std::min<int64_t>(5, logits.size(1));
    const torch::Tensor best = std::get<1>(logits.topk(candidates, 1));
    const torch::Tensor hits = best.eq(labels.unsqueeze(1));
    first += hits.slice(1, 0, 1).sum().item<int64_t>();
    five += hits.sum().item<int64_t>();
    loss += at::cross_entropy_loss(logits, labels, {}, at::Reduction::Sum).item<double>();
    scores.images += labels.size(0);
  }
  model.train(was_training);
  if (scores.images == 0) throw std::runtime_error("evaluation: not one image of the data set could be read");
  const auto images = static_cast<double>(scores.images);
  scores.top1 = 100.0 * static_cast<double>(first) / images;
  scores.top5 = 100.0 * static_cast<double>(five) / images;
  scores.loss = loss / images;
  return scores;
}

}  // namespace staircase::train
