#pragma once

#include <map>
#include <utility>
#include <vector>

#include <torch/types.h>

namespace staircase::train {

/// The answer to one image: the most probable class.
struct ImageAnswer {
  int64_t label = 0, predicted = 0;
  double probability = 0;  ///< of `predicted`
  bool correct() const { return label == predicted; }
};

/// outputs: logits (N, classes); labels: (N) int64.
std::vector<ImageAnswer> answers_of(const torch::Tensor& outputs, const torch::Tensor& labels);

/// The answers to one batch.
struct BatchAnswers {
  int64_t index = 0;
  std::vector<ImageAnswer> answers;
};

/// An evaluation class by class and image by image.
class ClassResults {
 public:
  /// outputs and labels as above.
  void add(const torch::Tensor& outputs, const torch::Tensor& labels);

  void add(const ImageAnswer& answer);

  /// In the order of the evaluation, damaged images left out.
  const std::vector<ImageAnswer>& answers() const { return answers_; }
  /// Images by true class and predicted class; pairs that did not occur are left out.
  const std::map<std::pair<int64_t, int64_t>, int64_t>& confusion() const { return confusion_; }
  int64_t taken_for(int64_t label, int64_t predicted) const;
  /// Images of a class.
  int64_t images(int64_t label) const;
  /// Top-1 of a class in percent, among all classes of the network; 0 where it has no image.
  double top1(int64_t label) const;

 private:
  std::vector<ImageAnswer> answers_;
  std::map<std::pair<int64_t, int64_t>, int64_t> confusion_;
  std::map<int64_t, int64_t> images_;
};

/// Of batches in their order.
ClassResults class_results(const std::vector<BatchAnswers>& batches);

}  // namespace staircase::train
