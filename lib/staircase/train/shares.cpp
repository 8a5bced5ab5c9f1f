#include "staircase/train/shares.h"

#include <algorithm>
#include <stdexcept>

#include "staircase/nn/part_scope.h"
#include "staircase/processes/process_group.h"

namespace staircase::train {
namespace {

using torch::Tensor;

/// Of one all-gather, by all processes together.
constexpr int64_t most_floats_at_once = int64_t{1} << 20;

/// The numbers of one process's tensors as one vector.
class Walk {
 public:
  void add(const Tensor& tensor) {
    if (!tensor.is_non_overlapping_and_dense()) throw std::logic_error("Shares: a parameter has gaps in memory");
    ends_.push_back(length() + tensor.numel());
    flat_.push_back(tensor.detach().as_strided({tensor.numel()}, {1}));
  }
  int64_t length() const { return ends_.empty() ? 0 : ends_.back(); }

  /// visit(piece, place in the buffer) for what of [first, first + count) there is.
  template <class Visit>
  void pieces(int64_t first, int64_t count, const Visit& visit) const {
    const int64_t end = std::min(first + count, length());
    for (size_t i = 0; i < flat_.size(); ++i) {
      const int64_t start = ends_[i] - flat_[i].numel();
      const int64_t from = std::max(first, start), to = std::min(end, ends_[i]);
      if (from < to) visit(flat_[i].narrow(0, from - start, to - from), from - first);
    }
  }

 private:
  std::vector<int64_t> ends_;
  std::vector<Tensor> flat_;
};

}  // namespace

Shares::Shares(const nn::Classifier& model, processes::ProcessGroup* group) {
  if (!group || group->size() == 1) return;
  group_ = group;
  struct Weight {
    std::string name;
    int64_t numbers;
  };
  std::vector<Weight> weights;
  for (const auto& item : model.named_parameters()) weights.push_back({item.key(), item.value().numel()});
  std::stable_sort(weights.begin(), weights.end(),
                   [](const Weight& a, const Weight& b) { return a.numbers > b.numbers; });
  // The largest first, each to who has the least.
  std::vector<int64_t> loads(static_cast<size_t>(group->size()));
  for (const Weight& each : weights) {
    const auto least = std::min_element(loads.begin(), loads.end());
    *least += each.numbers;
    keepers_[each.name] = least - loads.begin();
  }
}

int64_t Shares::keeper(const std::string& parameter) const { return group_ ? keepers_.at(parameter) : everybody; }

bool Shares::are_here(int64_t keeper) const { return keeper == everybody || keeper == group_->rank(); }

void Shares::spread(const std::vector<Kept>& tensors) const {
  if (!group_ || tensors.empty()) return;
  const torch::NoGradGuard no_grad;
  const nn::PartScope part("group");
  const int64_t size = group_->size();
  std::vector<Walk> walks(static_cast<size_t>(size));
  int64_t longest = 0;
  for (const Kept& each : tensors) {
    Walk& walk = walks.at(static_cast<size_t>(each.keeper));
    walk.add(each.tensor);
    longest = std::max(longest, walk.length());
  }
  const int64_t portion = std::min(longest, std::max<int64_t>(1, most_floats_at_once / size));
  const torch::Device device = group_->exchange_device(tensors[0].tensor.device());
  Tensor own = torch::zeros({portion}, device), all = torch::zeros({size, portion}, device);
  for (int64_t first = 0; first < longest; first += portion) {
    walks[static_cast<size_t>(group_->rank())].pieces(
        first, portion, [&](const Tensor& piece, int64_t at) { own.narrow(0, at, piece.numel()).copy_(piece); });
    group_->all_gather(own, all);
    for (int64_t r = 0; r < size; ++r) {
      if (r == group_->rank()) continue;
      walks[static_cast<size_t>(r)].pieces(first, portion, [&](const Tensor& piece, int64_t at) {
        Tensor(piece).copy_(all[r].narrow(0, at, piece.numel()));
      });
    }
  }
}

Tensor Shares::at_lead(const KeptTensor& kept) const {
  const bool leads = !group_ || group_->leads();
  if (!leads && !(group_ && kept.keeper == group_->rank())) return {};
  Tensor values = kept.tensor.defined() ? kept.tensor.detach().to(torch::kCPU) : torch::empty(kept.sizes);
  if (kept.keeper > 0) {
    values = values.contiguous();
    group_->move(values, kept.keeper, 0);
  }
  return leads ? values : Tensor();
}

void Shares::hand_over(const KeptTensor& kept, const Tensor& values) const {
  const torch::NoGradGuard no_grad;
  if (!group_ || kept.keeper == everybody) throw std::logic_error("Shares: everybody has " + kept.name);
  Tensor moved = group_->leads() ? values.contiguous() : torch::empty(kept.sizes);
  group_->move(moved, 0, kept.keeper);
  if (kept.tensor.defined()) Tensor(kept.tensor).copy_(moved);
}

}  // namespace staircase::train
