#include "staircase/train/gradient_sum.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <stdexcept>
#include <utility>

#include "staircase/nn/part_scope.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/background.h"
#include "staircase/train/side_stream.h"

namespace staircase::train {
namespace {

using torch::Tensor;
using Tensors = std::vector<Tensor>;

/// shared_ptr<Node> in some versions of LibTorch, intrusive_ptr<Node> in later ones.
using Accumulator = decltype(torch::autograd::impl::grad_accumulator(std::declval<const Tensor&>()));

/// The buffers of the parts of a model that train: running statistics, and counters.
struct Statistics {
  explicit Statistics(const torch::nn::Module& model) {
    for (const auto& module : model.modules(/*include_self=*/false)) {
      if (!module->is_training()) continue;
      for (const Tensor& buffer : module->buffers(/*recurse=*/false))
        (buffer.is_floating_point() ? means : counters).push_back(buffer);
    }
  }
  Tensors means, counters;
};

Tensors copies(const Tensors& of) {
  Tensors list;
  for (const Tensor& each : of) list.push_back(each.clone());
  return list;
}

void copy_into(const Tensors& to, const Tensors& from) {
  for (size_t i = 0; i < to.size(); ++i) Tensor(to[i]).copy_(from[i]);
}

void add_into(const Tensors& to, const Tensors& more) {
  for (size_t i = 0; i < to.size(); ++i) Tensor(to[i]).add_(more[i]);
}

/// Parameters whose gradients go out together, as one vector.
struct Bucket {
  std::vector<size_t> members;
  int64_t length = 0;
  size_t missing = 0;
  Tensor vector;
};

/// In the reverse order of their registration, which is about the order in which the way back comes to them.
std::vector<Bucket> buckets_of(const Tensors& parameters, const torch::TensorOptions& options) {
  std::vector<Bucket> buckets;
  const int64_t enough = options.device().is_cuda() ? gpu_bucket_floats : bucket_floats;
  for (size_t i = parameters.size(); i-- > 0;) {
    if (buckets.empty() || buckets.back().length >= enough) buckets.emplace_back();
    buckets.back().members.push_back(i);
    buckets.back().length += parameters[i].numel();
  }
  for (Bucket& bucket : buckets) bucket.vector = torch::zeros({bucket.length}, options);
  return buckets;
}

}  // namespace

class GradientSum::Steps {
 public:
  Steps(nn::Classifier& model, int64_t micro_batches, processes::ProcessGroup* group, config::Precision exchange)
      : model_(model), all_(micro_batches), group_(group), rounds_(exchange == config::Precision::bf16) {
    const int64_t processes = group ? group->size() : 1;
    leaf_ = all_;
    while (leaf_ % 2 == 0) leaf_ /= 2;
    count_ = all_ / processes;
    if (count_ * processes != all_ || count_ % leaf_ != 0)
      throw std::invalid_argument("GradientSum: " + std::to_string(processes) + " processes cannot share " +
                                  std::to_string(all_) + " micro-batches");
    for (const Tensor& parameter : model.parameters())
      if (parameter.requires_grad()) parameters_.push_back(parameter);
    if (!group) return;
    const torch::Device exchange_device = group->exchange_device(parameters_.at(0).device());
    buckets_ = buckets_of(
        parameters_, torch::TensorOptions(rounds_ ? torch::kBFloat16 : torch::kFloat).device(exchange_device));
    side_ = std::make_unique<SideStream>(exchange_device);
    listen();
    background_ = std::make_unique<Background>();
  }

  ~Steps() {
    for (auto& [node, key] : hooks_) node->del_post_hook(key);
  }

  int64_t first() const { return group_ ? group_->rank() * count_ : 0; }
  int64_t count() const { return count_; }

  void begin(const StepWishes& wishes) {
    wishes_ = wishes;
    done_ = 0;
    losses_.assign(static_cast<size_t>(all_), 0.0F);
    waiting_.clear();
    if (all_ == 1) return;
    const torch::NoGradGuard no_grad;
    statistics_ = std::make_unique<Statistics>(model_);
    before_ = copies(statistics_->means);
    counters_before_ = copies(statistics_->counters);
    of_leaf_.clear();
  }

  void before_forward() {
    if (all_ == 1 || done_ == 0) return;
    const torch::NoGradGuard no_grad;
    copy_into(statistics_->means, before_);
    copy_into(statistics_->counters, counters_before_);
  }

  void before_backward(float loss) {
    losses_[static_cast<size_t>(first() + done_)] = loss;
    if (!group_ || done_ + 1 < count_) return;
    armed_ = true;
    next_bucket_ = 0;
    for (Bucket& bucket : buckets_) bucket.missing = bucket.members.size();
  }

  void after_backward() {
    armed_ = false;
    ++done_;
    if (all_ == 1) return;
    const torch::NoGradGuard no_grad;
    if (of_leaf_.empty()) of_leaf_ = copies(statistics_->means);
    else add_into(of_leaf_, statistics_->means);
    if (done_ % leaf_ != 0 || done_ == count_) return;
    Sums sums{0, take_gradients(), std::exchange(of_leaf_, {})};
    round(sums.gradients);
    for (; !waiting_.empty() && waiting_.back().level == sums.level; waiting_.pop_back()) {
      add_into(waiting_.back().gradients, sums.gradients);
      round(waiting_.back().gradients);
      add_into(waiting_.back().statistics, sums.statistics);
      sums = {waiting_.back().level + 1, waiting_.back().gradients, waiting_.back().statistics};
    }
    waiting_.push_back(std::move(sums));
  }

  StepSum finish() {
    const torch::NoGradGuard no_grad;
    if (all_ > 1)
      for (size_t w = waiting_.size(); w-- > 0;) add_into(of_leaf_, waiting_[w].statistics);
    if (group_) {
      finish_in_group();
    } else {
      for (size_t i = 0; i < parameters_.size() && (rounds_ || !waiting_.empty()); ++i) {
        round({gradient(i)});
        add_waiting(i, gradient(i));
      }
    }
    if (all_ > 1) {
      for (Tensor& each : of_leaf_) each.div_(static_cast<double>(all_));
      copy_into(statistics_->means, of_leaf_);
    }
    waiting_.clear();
    return {losses_, wishes_};
  }

 private:
  /// Of micro-batches that a level of the tree has together.
  struct Sums {
    int level = 0;
    Tensors gradients, statistics;
  };

  Tensor gradient(size_t i) const {
    if (!parameters_[i].grad().defined()) throw std::logic_error("GradientSum: a parameter got no gradient");
    return parameters_[i].grad();
  }

  Tensors take_gradients() {
    Tensors list;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      list.push_back(gradient(i));
      parameters_[i].mutable_grad() = Tensor();
    }
    return list;
  }

  void round(const Tensors& gradients) const {
    for (size_t i = 0; rounds_ && i < gradients.size(); ++i)
      Tensor(gradients[i]).copy_(gradients[i].to(torch::kBFloat16));
  }

  /// What is left of the tree above the last leaf: its sums have one level after the other.
  void add_waiting(size_t i, Tensor sum) const {
    for (size_t w = waiting_.size(); w-- > 0;) {
      sum.add_(waiting_[w].gradients[i].reshape(sum.sizes()).to(sum.device()));
      round({sum});
    }
  }

  /// Hears of every gradient behind its accumulation. The way back has one thread a device, so these are never two at
  /// once.
  void listen() {
    place_.resize(parameters_.size());
    for (size_t b = 0; b < buckets_.size(); ++b)
      for (size_t i : buckets_[b].members) place_[i] = b;
    for (size_t i = 0; i < parameters_.size(); ++i) {
      auto node = torch::autograd::impl::grad_accumulator(parameters_[i]);
      const auto key = node->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
          [this, i](const torch::autograd::variable_list& outputs, const torch::autograd::variable_list&) {
            if (armed_) on_gradient(i);
            return outputs;
          }));
      hooks_.emplace_back(std::move(node), key);
    }
  }

  /// Buckets go out in their order, whatever order the gradients come in: all processes call alike.
  void on_gradient(size_t i) {
    --buckets_[place_[i]].missing;
    for (; next_bucket_ < buckets_.size() && buckets_[next_bucket_].missing == 0; ++next_bucket_)
      send(buckets_[next_bucket_]);
  }

  void send(Bucket& bucket) {
    const torch::NoGradGuard no_grad;
    int64_t at = 0;
    for (size_t i : bucket.members) {
      const Tensor mine = gradient(i);
      const Tensor place = bucket.vector.narrow(0, at, mine.numel()).view(mine.sizes());
      Tensor(place).copy_(mine);
      add_waiting(i, place);
      at += mine.numel();
    }
    background_->start(side_->after_now([this, &bucket] { group_->tree_sum(bucket.vector); }));
  }

  /// The last message of a step: statistics, losses and wishes, in slots of which others hold zeros.
  Tensor tail() const {
    Tensors parts;
    for (const Tensor& each : of_leaf_) parts.push_back(each.to(torch::kCPU).reshape(-1));
    parts.push_back(torch::tensor(losses_));
    parts.push_back(torch::tensor({wishes_.stop ? 1.0F : 0.0F, wishes_.save ? 1.0F : 0.0F}));
    return torch::cat(parts);
  }

  void read_tail(const Tensor& tail) {
    int64_t at = 0;
    for (Tensor& each : of_leaf_) {
      each.copy_(tail.narrow(0, at, each.numel()).view(each.sizes()));
      at += each.numel();
    }
    const float* rest = tail.data_ptr<float>() + at;
    losses_.assign(rest, rest + all_);
    wishes_ = {rest[all_] > 0, rest[all_ + 1] > 0};
  }

  void finish_in_group() {
    const nn::PartScope part("group");
    if (next_bucket_ != buckets_.size()) throw std::logic_error("GradientSum: a parameter got no gradient");
    Tensor last = tail();
    background_->start([this, &last] { group_->tree_sum(last); });
    background_->finish();
    side_->join();
    read_tail(last);
    for (Bucket& bucket : buckets_) {
      int64_t at = 0;
      for (size_t i : bucket.members) {
        Tensor mine = gradient(i);
        mine.copy_(bucket.vector.narrow(0, at, mine.numel()).view(mine.sizes()));
        at += mine.numel();
      }
    }
  }

  nn::Classifier& model_;
  int64_t all_, leaf_ = 1, count_ = 1, done_ = 0;
  processes::ProcessGroup* group_;
  bool rounds_;  // to bfloat16
  Tensors parameters_;
  StepWishes wishes_;
  std::vector<float> losses_;
  std::vector<Sums> waiting_;  // of complete leaves, the largest first
  std::unique_ptr<Statistics> statistics_;
  Tensors before_, counters_before_, of_leaf_;

  std::vector<Bucket> buckets_;
  std::vector<size_t> place_;  // of each parameter, its bucket
  std::vector<std::pair<Accumulator, uintptr_t>> hooks_;
  bool armed_ = false;
  size_t next_bucket_ = 0;
  std::unique_ptr<SideStream> side_;
  std::unique_ptr<Background> background_;  // last: it ends before what it uses
};

GradientSum::GradientSum(nn::Classifier& model, int64_t micro_batches, processes::ProcessGroup* group,
                         config::Precision exchange)
    : steps_(std::make_unique<Steps>(model, micro_batches, group, exchange)) {}
GradientSum::~GradientSum() = default;
int64_t GradientSum::first() const { return steps_->first(); }
int64_t GradientSum::count() const { return steps_->count(); }
void GradientSum::begin(const StepWishes& wishes) { steps_->begin(wishes); }
void GradientSum::before_forward() { steps_->before_forward(); }
void GradientSum::before_backward(float loss) { steps_->before_backward(loss); }
void GradientSum::after_backward() { steps_->after_backward(); }
StepSum GradientSum::finish() { return steps_->finish(); }

}  // namespace staircase::train
