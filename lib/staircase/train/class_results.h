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

/// An evaluation class by class and image by image.
class ClassResults {
 public:
  /// outputs: logits (N, classes); labels: (N) int64.
  void add(const torch::Tensor& outputs, const torch::Tensor& labels);

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

}  // namespace staircase::train
