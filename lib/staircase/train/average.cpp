#include "staircase/train/average.h"

#include <algorithm>
#include <cmath>

#include "staircase/nn/kernel_tensors.h"
#include "staircase/nn/kernels/parameters.h"
#include "staircase/nn/part_scope.h"

namespace staircase::train {
namespace {

bool has_kernel(const torch::Tensor& average, const torch::Tensor& source) {
  const auto fits = [](const torch::Tensor& x) { return x.is_cpu() && x.scalar_type() == torch::kFloat; };
  return fits(average) && fits(source) && average.is_non_overlapping_and_dense() &&
         average.strides() == source.strides();
}

void move_by_kernel(const torch::Tensor& average, const torch::Tensor& source, double decay) {
  const float* from = source.data_ptr<float>();
  float* to = average.data_ptr<float>();
  nn::ops::over_elements(average.numel(), [&](int64_t first, int64_t count) {
    nn::kernels::move_average(static_cast<float>(decay), from + first, to + first, count);
  });
}

}  // namespace

WeightAverage::WeightAverage(const std::shared_ptr<nn::Classifier>& model, double decay, bool warmup,
                             const Shares& shares)
    : decay_(decay), warmup_(warmup), average_(model->another()), shares_(shares) {
  const torch::NoGradGuard no_grad;
  const auto from = nn::named_state(*model);
  if (!from.empty()) average_->to(from.front().tensor.device());
  average_->eval();
  const auto to = nn::named_state(*average_);
  const size_t parameters = average_->named_parameters().size();  // first of the state; buffers are everybody's
  for (size_t i = 0; i < from.size(); ++i) {
    to[i].tensor.requires_grad_(false);
    const int64_t keeper = i < parameters ? shares.keeper(to[i].name) : everybody;
    state_.push_back({to[i].name, keeper, to[i].tensor, to[i].tensor.sizes().vec()});
    if (!shares.are_here(keeper)) {
      elsewhere_.push_back({to[i].tensor, to[i].tensor.sizes().vec(), to[i].tensor.strides().vec()});
      continue;
    }
    const bool floating = to[i].tensor.is_floating_point();  // a cast of the model casts integers too
    (floating ? averaged_ : integers_).push_back(to[i].tensor);
    (floating ? source_ : integer_source_).push_back(from[i].tensor);
  }
  restart();
  forget();
}

void WeightAverage::complete() {
  if (!shares_.are_several()) return;
  for (Elsewhere& each : elsewhere_)
    each.tensor.set_data(torch::empty_strided(each.sizes, each.strides, each.tensor.options()));
  std::vector<Shares::Kept> parameters;
  for (const KeptTensor& each : state_)
    if (each.keeper != everybody) parameters.push_back({each.keeper, each.tensor});
  shares_.spread(parameters);
}

void WeightAverage::forget() {
  for (Elsewhere& each : elsewhere_) each.tensor.set_data(torch::empty({0}, each.tensor.options()));
}

std::vector<KeptTensor> WeightAverage::state() const {
  std::vector<KeptTensor> state = state_;
  for (KeptTensor& each : state)
    if (!shares_.are_here(each.keeper)) each.tensor = torch::Tensor();
  return state;
}

void WeightAverage::restart() {
  const torch::NoGradGuard no_grad;
  for (size_t i = 0; i < averaged_.size(); ++i) averaged_[i].copy_(source_[i]);
  for (size_t i = 0; i < integers_.size(); ++i) integers_[i].copy_(integer_source_[i]);
  updates_ = 0;
}

void WeightAverage::update() {
  const torch::NoGradGuard no_grad;
  const nn::PartScope part("average");
  double decay = decay_;
  if (warmup_) decay = std::min(decay, 1.0 - std::pow(1.0 + static_cast<double>(updates_), -2.0 / 3.0));
  std::vector<torch::Tensor> averaged, source;  // what the kernel does not take
  for (size_t i = 0; i < averaged_.size(); ++i) {
    if (has_kernel(averaged_[i], source_[i])) {
      move_by_kernel(averaged_[i], source_[i], decay);
    } else {
      averaged.push_back(averaged_[i]);
      source.push_back(source_[i]);
    }
  }
  if (!averaged.empty()) {
    at::_foreach_mul_(averaged, decay);
    at::_foreach_add_(averaged, source, 1.0 - decay);
  }
  for (size_t i = 0; i < integers_.size(); ++i) integers_[i].copy_(integer_source_[i]);
  ++updates_;
}

}  // namespace staircase::train
