#pragma once

#include <memory>
#include <vector>

#include "staircase/config/recipe_options.h"
#include "staircase/nn/classifier.h"

namespace staircase::processes {
class ProcessGroup;
}

namespace staircase::train {

/// Numbers that leave together, or a little more: the last parameter of a bucket may be large. Small enough that little is
/// left for after the backward pass, whose last bucket cannot leave before its end.
inline constexpr int64_t bucket_floats = int64_t{1} << 18;
/// From GPU to GPU, where each of them costs some tens of microseconds beside what it moves.
inline constexpr int64_t gpu_bucket_floats = int64_t{1} << 22;

/// What a process would like to do after a step: in a group, all do what one of them wishes.
struct StepWishes {
  bool stop = false, save = false;
};

/// What the micro-batches of a step gave together; the same in all processes.
struct StepSum {
  std::vector<float> losses;  ///< by micro-batch
  StepWishes wishes;
};

/// Adds up what the micro-batches of a step give: gradients, the running statistics of batch norm, losses. Always in
/// the order of one binary tree over their numbers, whoever computed them: with the same micro-batches 1, 2, 4 and 8
/// processes get the same bits. The leaves of the tree are as many micro-batches one after the other as the number of
/// all can be halved to. Running statistics become the mean of what each micro-batch makes of those before the step.
/// In a group the sums go out in buckets while the last backward pass still runs. With one micro-batch a step this is
/// nothing at all.
/// In bf16 the gradients of each leaf and each of their sums are rounded to bfloat16, by however many processes: the
/// same bits again, and half of what processes send. Statistics and losses are not.
class GradientSum {
 public:
  /// The parameters that have gradients are those of now. group: null for this process alone; both must outlive this.
  /// Throws std::invalid_argument when the processes cannot share the micro-batches.
  GradientSum(nn::Classifier& model, int64_t micro_batches, processes::ProcessGroup* group,
              config::Precision exchange = config::Precision::fp32);
  ~GradientSum();
  GradientSum(const GradientSum&) = delete;
  GradientSum& operator=(const GradientSum&) = delete;

  /// The micro-batches of a step that this process computes: the first, and how many.
  int64_t first() const;
  int64_t count() const;

  /// Before the first forward pass of a step; the parameters hold no gradients.
  void begin(const StepWishes& wishes);
  /// Around each micro-batch; before_backward takes its share of the step's loss.
  void before_forward();
  void before_backward(float loss);
  void after_backward();
  /// Leaves the sums in the parameters' gradients and the statistics in the model.
  /// Throws std::logic_error when a parameter got no gradient, and what processes::ProcessGroup throws.
  StepSum finish();

 private:
  class Steps;
  std::unique_ptr<Steps> steps_;
};

}  // namespace staircase::train
