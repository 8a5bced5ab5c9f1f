#include "staircase/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/adamw.h"
#include "staircase/nn/kernels/parameters.h"
#include "staircase/nn/part_scope.h"
#include "staircase/train/layer_groups.h"

namespace staircase::train {

namespace {

bool has_kernel(const TensorList& all) {
  return std::all_of(all.begin(), all.end(),
                     [](const torch::Tensor& x) { return x.is_cpu() && x.scalar_type() == torch::kFloat; });
}

/// The norm of all numbers together.
double norm_of(const TensorList& gradients) {
  if (!has_kernel(gradients)) return at::stack(at::_foreach_norm(gradients, 2)).norm().item<double>();
  double squares = 0;
  for (const torch::Tensor& each : gradients) {
    const torch::Tensor dense = each.is_non_overlapping_and_dense() ? each : each.contiguous();
    squares += nn::kernels::sum_of_squares(dense.data_ptr<float>(), dense.numel());
  }
  return std::sqrt(squares);
}

}  // namespace

bool is_decayed(const std::string& name, const torch::Tensor& parameter, const config::RecipeOptions& recipe) {
  const bool is_table = name.ends_with("position_embedding") || name.ends_with("position_bias");
  return recipe.decay_norms_and_biases || (parameter.dim() > 1 && !name.ends_with(".bias") && !is_table);
}

Optimizer::Optimizer(const nn::Classifier& model, const config::RecipeOptions& recipe, const Shares& shares)
    : recipe_(recipe), shares_(shares) {
  for (const auto& item : model.named_parameters()) {
    if (!item.value().requires_grad()) continue;
    Group& group = group_for(is_decayed(item.key(), item.value(), recipe) ? recipe.weight_decay : 0.0,
                             layer_rate(item.key(), model.options(), recipe));
    group.names.push_back(item.key());
    group.all_parameters.push_back(item.value());
    if (!shares.are_here(shares.keeper(item.key()))) continue;
    group.own.push_back(group.names.size() - 1);
    group.parameters.push_back(item.value());
    group.first_moments.push_back(torch::zeros_like(item.value()));
    if (recipe.optimizer == config::Optimizer::adamw) group.second_moments.push_back(torch::zeros_like(item.value()));
  }
}

Optimizer::Group& Optimizer::group_for(double weight_decay, double rate) {
  for (Group& group : groups_)
    if (group.weight_decay == weight_decay && group.rate == rate) return group;
  groups_.push_back({weight_decay, rate, {}, {}});
  return groups_.back();
}

TensorList Optimizer::all_gradients(const Group& group) const {
  TensorList list;
  for (size_t i = 0; i < group.all_parameters.size(); ++i) {
    if (!group.all_parameters[i].grad().defined())
      throw std::logic_error("Optimizer: the parameter " + group.names[i] + " has no gradient");
    list.push_back(group.all_parameters[i].grad());
  }
  return list;
}

TensorList Optimizer::gradients(const Group& group) const {
  const TensorList all = all_gradients(group);
  TensorList list;
  for (const size_t i : group.own) list.push_back(all[i]);
  return list;
}

double Optimizer::clipping_factor(double max_norm) const {
  TensorList all;
  for (const Group& group : groups_)
    for (const auto& gradient : all_gradients(group)) all.push_back(gradient);
  return std::min(1.0, max_norm / (norm_of(all) + 1e-6));
}

/// What of a step is the same for all parameters of a group.
struct Optimizer::Corrections {
  double keep, step_size, root;
};

Optimizer::Corrections Optimizer::corrections(const Group& group, double learning_rate) const {
  const auto t = static_cast<double>(steps_done_);
  return {1.0 - learning_rate * group.weight_decay, learning_rate / (1.0 - std::pow(recipe_.beta1, t)),
          std::sqrt(1.0 - std::pow(recipe_.beta2, t))};
}

void Optimizer::adamw(Group& group, const TensorList& gradients, double learning_rate) {
  const Corrections now = corrections(group, learning_rate);
  if (group.weight_decay != 0) at::_foreach_mul_(group.parameters, now.keep);
  at::_foreach_mul_(group.first_moments, recipe_.beta1);
  at::_foreach_add_(group.first_moments, gradients, 1.0 - recipe_.beta1);
  at::_foreach_mul_(group.second_moments, recipe_.beta2);
  at::_foreach_addcmul_(group.second_moments, gradients, gradients, 1.0 - recipe_.beta2);
  auto denominators = at::_foreach_sqrt(group.second_moments);
  at::_foreach_div_(denominators, now.root);
  at::_foreach_add_(denominators, recipe_.epsilon);
  at::_foreach_addcdiv_(group.parameters, group.first_moments, denominators, -now.step_size);
}

void Optimizer::adamw_by_kernel(Group& group, double learning_rate, double clipping) {
  const Corrections now = corrections(group, learning_rate);
  nn::kernels::AdamWStep step;
  step.keep = static_cast<float>(now.keep);
  step.step_size = static_cast<float>(now.step_size);
  step.root_correction = static_cast<float>(now.root);
  step.beta1 = static_cast<float>(recipe_.beta1);
  step.beta2 = static_cast<float>(recipe_.beta2);
  step.epsilon = static_cast<float>(recipe_.epsilon);
  step.gradient_factor = static_cast<float>(clipping);
  const TensorList all = gradients(group);
  for (size_t i = 0; i < all.size(); ++i) {
    const torch::Tensor gradient = nn::ops::in_layout_of(group.parameters[i], all[i]);
    const float* g = gradient.data_ptr<float>();
    float *p = group.parameters[i].data_ptr<float>(), *m = group.first_moments[i].data_ptr<float>(),
          *v = group.second_moments[i].data_ptr<float>();
    nn::ops::over_elements(gradient.numel(), [&](int64_t first, int64_t count) {
      nn::kernels::adamw(step, g + first, p + first, m + first, v + first, count);
    });
  }
}

void Optimizer::sgd(Group& group, const TensorList& gradients, double learning_rate) {
  at::_foreach_mul_(group.first_moments, recipe_.momentum);
  at::_foreach_add_(group.first_moments, gradients, 1.0);
  if (group.weight_decay != 0) at::_foreach_add_(group.first_moments, group.parameters, group.weight_decay);
  at::_foreach_add_(group.parameters, group.first_moments, -learning_rate);
}

void Optimizer::step(double learning_rate) {
  const torch::NoGradGuard no_grad;
  const nn::PartScope part("optimizer");
  const double clipping = recipe_.clip_grad_norm > 0 ? clipping_factor(recipe_.clip_grad_norm) : 1.0;
  ++steps_done_;
  for (Group& group : groups_) {
    if (group.own.empty()) continue;
    const double rate = learning_rate * group.rate;
    const bool is_adamw = recipe_.optimizer == config::Optimizer::adamw;
    if (is_adamw && has_kernel(group.parameters)) {
      adamw_by_kernel(group, rate, clipping);
      continue;
    }
    const TensorList all = gradients(group);
    if (clipping < 1.0) at::_foreach_mul_(all, clipping);
    if (is_adamw) adamw(group, all, rate);
    else sgd(group, all, rate);
  }
  if (!shares_.are_several()) return;
  std::vector<Shares::Kept> updated;
  for (const Group& group : groups_)
    for (size_t i = 0; i < group.names.size(); ++i)
      updated.push_back({shares_.keeper(group.names[i]), group.all_parameters[i]});
  shares_.spread(updated);
}

void Optimizer::clear_gradients() {
  for (Group& group : groups_)
    for (torch::Tensor& parameter : group.all_parameters) parameter.mutable_grad() = torch::Tensor();
}

std::vector<KeptTensor> Optimizer::state() const {
  std::vector<KeptTensor> state;
  const bool adamw = recipe_.optimizer == config::Optimizer::adamw;
  for (const Group& group : groups_) {
    size_t own = 0;
    for (size_t i = 0; i < group.names.size(); ++i) {
      const int64_t keeper = shares_.keeper(group.names[i]);
      const std::vector<int64_t> sizes = group.all_parameters[i].sizes().vec();
      const bool is_here = shares_.are_here(keeper);
      const auto moment = [&](const TensorList& list) { return is_here ? list[own] : torch::Tensor(); };
      state.push_back(
          {(adamw ? "exp_avg." : "momentum.") + group.names[i], keeper, moment(group.first_moments), sizes});
      if (adamw) state.push_back({"exp_avg_sq." + group.names[i], keeper, moment(group.second_moments), sizes});
      if (is_here) ++own;
    }
  }
  return state;
}

}  // namespace staircase::train
