#pragma once

#include <memory>
#include <string>
#include <vector>

#include "staircase/config/recipe_options.h"
#include "staircase/train/shares.h"

namespace staircase::train {

using TensorList = std::vector<torch::Tensor>;

/// Updates all parameters of a model: AdamW of floats on the CPU by a kernel, all else with multi-tensor operations.
/// AdamW: Loshchilov and Hutter 2019, arXiv:1711.05101. SGD with momentum as torch.optim.SGD.
class Optimizer {
 public:
  /// Weight decay leaves out parameters with one dimension and biases, unless the recipe says
  /// otherwise. Frozen parameters are left alone. layer_decay: see layer_groups.h. Of several shares this one has the
  /// state of the parameters that are its own, and updates these alone.
  Optimizer(const nn::Classifier& model, const config::RecipeOptions& recipe, const Shares& shares = {});

  /// One step with the gradients that the parameters hold; a parameter without one is an error.
  /// Clips the norm of all gradients together first, where the recipe asks for it. With several shares all processes
  /// call it, with the same gradients, and all have all parameters afterwards.
  /// Throws std::logic_error naming the parameter that has no gradient.
  void step(double learning_rate);
  /// Forgets all gradients.
  void clear_gradients();

  /// Moments by name ("exp_avg.stem.conv.weight"), for checkpoints.
  std::vector<KeptTensor> state() const;
  int64_t steps_done() const { return steps_done_; }
  void set_steps_done(int64_t steps) { steps_done_ = steps; }

 private:
  struct Group {
    double weight_decay, rate;  ///< rate multiplies the learning rate
    std::vector<std::string> names;
    TensorList all_parameters;
    std::vector<size_t> own = {};  ///< of all; of these are the lists below
    TensorList parameters = {}, first_moments = {}, second_moments = {};
  };
  struct Corrections;
  Corrections corrections(const Group& group, double learning_rate) const;
  Group& group_for(double weight_decay, double rate);
  TensorList all_gradients(const Group& group) const;
  TensorList gradients(const Group& group) const;
  /// What makes the norm of all gradients together at most max_norm.
  double clipping_factor(double max_norm) const;
  void adamw(Group& group, const TensorList& gradients, double learning_rate);
  /// The same in one pass over memory, clipping included, where all parameters are floats on the CPU.
  void adamw_by_kernel(Group& group, double learning_rate, double clipping);
  void sgd(Group& group, const TensorList& gradients, double learning_rate);

  config::RecipeOptions recipe_;
  Shares shares_;
  std::vector<Group> groups_;
  int64_t steps_done_ = 0;
};

/// Whether weight decay acts on a parameter of this name and shape under the recipe.
bool is_decayed(const std::string& name, const torch::Tensor& parameter, const config::RecipeOptions& recipe);

}  // namespace staircase::train
