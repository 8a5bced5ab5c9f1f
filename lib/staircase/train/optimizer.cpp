#include "staircase/train/optimizer.h"

#include <cmath>
#include <stdexcept>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/train/layer_groups.h"

namespace staircase::train {

bool is_decayed(const std::string& name, const torch::Tensor& parameter, const config::RecipeOptions& recipe) {
  return recipe.decay_norms_and_biases || (parameter.dim() > 1 && !name.ends_with(".bias"));
}

Optimizer::Optimizer(const nn::Classifier& model, const config::RecipeOptions& recipe) : recipe_(recipe) {
  for (const auto& item : model.named_parameters()) {
    if (!item.value().requires_grad()) continue;
    Group& group = group_for(is_decayed(item.key(), item.value(), recipe) ? recipe.weight_decay : 0.0,
                             layer_rate(item.key(), model.options(), recipe.layer_decay));
    group.names.push_back(item.key());
    group.parameters.push_back(item.value());
    group.first_moments.push_back(torch::zeros_like(item.value()));
    if (recipe.optimizer == config::Optimizer::adamw) group.second_moments.push_back(torch::zeros_like(item.value()));
  }
}

Optimizer::Group& Optimizer::group_for(double weight_decay, double rate) {
  for (Group& group : groups_)
    if (group.weight_decay == weight_decay && group.rate == rate) return group;
  groups_.push_back({weight_decay, rate, {}, {}, {}, {}});
  return groups_.back();
}

TensorList Optimizer::gradients(const Group& group) const {
  TensorList list;
  for (size_t i = 0; i < group.parameters.size(); ++i) {
    if (!group.parameters[i].grad().defined())
      throw std::logic_error("Optimizer: the parameter " + group.names[i] + " has no gradient");
    list.push_back(group.parameters[i].grad());
  }
  return list;
}

void Optimizer::clip(double max_norm) {
  TensorList all;
  for (const Group& group : groups_)
    for (const auto& gradient : gradients(group)) all.push_back(gradient);
  const torch::Tensor norm = at::stack(at::_foreach_norm(all, 2)).norm();
  const double factor = max_norm / (norm.item<double>() + 1e-6);
  if (factor < 1.0) at::_foreach_mul_(all, factor);
}

void Optimizer::adamw(Group& group, const TensorList& gradients, double learning_rate) {
  const auto t = static_cast<double>(steps_done_);
  const double correction1 = 1.0 - std::pow(recipe_.beta1, t), correction2 = 1.0 - std::pow(recipe_.beta2, t);
  const double keep = 1.0 - learning_rate * group.weight_decay, step_size = learning_rate / correction1;
  if (group.parameters[0].is_cpu() && group.parameters[0].scalar_type() == torch::kFloat) {
    nn::kernels::AdamWStep step;
    step.keep = static_cast<float>(keep);
    step.step_size = static_cast<float>(step_size);
    step.root_correction = static_cast<float>(std::sqrt(correction2));
    step.beta1 = static_cast<float>(recipe_.beta1);
    step.beta2 = static_cast<float>(recipe_.beta2);
    step.epsilon = static_cast<float>(recipe_.epsilon);
    return adamw_by_kernel(group, gradients, step);
  }
  if (group.weight_decay != 0) at::_foreach_mul_(group.parameters, keep);
  at::_foreach_mul_(group.first_moments, recipe_.beta1);
  at::_foreach_add_(group.first_moments, gradients, 1.0 - recipe_.beta1);
  at::_foreach_mul_(group.second_moments, recipe_.beta2);
  at::_foreach_addcmul_(group.second_moments, gradients, gradients, 1.0 - recipe_.beta2);
  auto denominators = at::_foreach_sqrt(group.second_moments);
  at::_foreach_div_(denominators, std::sqrt(correction2));
  at::_foreach_add_(denominators, recipe_.epsilon);
  at::_foreach_addcdiv_(group.parameters, group.first_moments, denominators, -step_size);
}

void Optimizer::adamw_by_kernel(Group& group, const TensorList& gradients, const nn::kernels::AdamWStep& step) {
  constexpr int64_t portion = 16384;  // numbers that a thread takes at a time
  for (size_t i = 0; i < group.parameters.size(); ++i) {
    const torch::Tensor& parameter = group.parameters[i];
    const torch::Tensor gradient = nn::ops::in_layout_of(parameter, gradients[i]);
    const float* g = gradient.data_ptr<float>();
    float *p = parameter.data_ptr<float>(), *m = group.first_moments[i].data_ptr<float>(),
          *v = group.second_moments[i].data_ptr<float>();
    at::parallel_for(0, parameter.numel(), portion, [&](int64_t begin, int64_t end) {
      nn::kernels::adamw(step, g + begin, p + begin, m + begin, v + begin, end - begin);
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
  if (recipe_.clip_grad_norm > 0) clip(recipe_.clip_grad_norm);
  ++steps_done_;
  for (Group& group : groups_) {
    if (recipe_.optimizer == config::Optimizer::adamw) adamw(group, gradients(group), learning_rate * group.rate);
    else sgd(group, gradients(group), learning_rate * group.rate);
  }
}

void Optimizer::clear_gradients() {
  for (Group& group : groups_)
    for (torch::Tensor& parameter : group.parameters) parameter.mutable_grad() = torch::Tensor();
}

std::vector<std::pair<std::string, torch::Tensor>> Optimizer::state() const {
  std::vector<std::pair<std::string, torch::Tensor>> state;
  const bool adamw = recipe_.optimizer == config::Optimizer::adamw;
  for (const Group& group : groups_)
    for (size_t i = 0; i < group.names.size(); ++i) {
      state.emplace_back((adamw ? "exp_avg." : "momentum.") + group.names[i], group.first_moments[i]);
      if (adamw) state.emplace_back("exp_avg_sq." + group.names[i], group.second_moments[i]);
    }
  return state;
}

}  // namespace staircase::train
