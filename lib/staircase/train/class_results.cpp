#include "staircase/train/class_results.h"

namespace staircase::train {

std::vector<ImageAnswer> answers_of(const torch::Tensor& outputs, const torch::Tensor& labels) {
  const auto [probabilities, predicted] = outputs.softmax(1).max(1);
  const torch::Tensor chances = probabilities.to(torch::kCPU, torch::kDouble).contiguous();
  const torch::Tensor best = predicted.to(torch::kCPU).contiguous(), truth = labels.to(torch::kCPU).contiguous();
  std::vector<ImageAnswer> answers;
  for (int64_t i = 0; i < truth.size(0); ++i)
    answers.push_back({truth.data_ptr<int64_t>()[i], best.data_ptr<int64_t>()[i], chances.data_ptr<double>()[i]});
  return answers;
}

ClassResults class_results(const std::vector<BatchAnswers>& batches) {
  ClassResults results;
  for (const BatchAnswers& batch : batches)
    for (const ImageAnswer& answer : batch.answers) results.add(answer);
  return results;
}

void ClassResults::add(const torch::Tensor& outputs, const torch::Tensor& labels) {
  for (const ImageAnswer& answer : answers_of(outputs, labels)) add(answer);
}

void ClassResults::add(const ImageAnswer& answer) {
  answers_.push_back(answer);
  ++confusion_[{answer.label, answer.predicted}];
  ++images_[answer.label];
}

int64_t ClassResults::taken_for(int64_t label, int64_t predicted) const {
  const auto found = confusion_.find({label, predicted});
  return found == confusion_.end() ? 0 : found->second;
}

int64_t ClassResults::images(int64_t label) const {
  const auto found = images_.find(label);
  return found == images_.end() ? 0 : found->second;
}

double ClassResults::top1(int64_t label) const {
  const int64_t all = images(label);
  return all == 0 ? 0.0 : 100.0 * static_cast<double>(taken_for(label, label)) / static_cast<double>(all);
}

}  // namespace staircase::train
