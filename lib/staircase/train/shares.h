#pragma once

#include <map>
#include <string>
#include <vector>

#include "staircase/nn/classifier.h"

namespace staircase::processes {
class ProcessGroup;
}

namespace staircase::train {

/// The rank in place of a keeper's where every process has the tensor.
inline constexpr int64_t everybody = -1;

/// A tensor that belongs to a checkpoint.
struct KeptTensor {
  std::string name;
  int64_t keeper = everybody;  ///< the rank that alone has it
  torch::Tensor tensor;        ///< undefined: this process does not have it
  std::vector<int64_t> sizes;
};

/// Which process keeps the optimizer's state and the average of which parameter: each whole ones, about as many numbers
/// as the others. What is done with a parameter is done to each of its numbers alone, so no number depends on it.
/// Source: Rajbhandari et al. 2020, arXiv:1910.02054, ZeRO-1.
class Shares {
 public:
  /// One process keeps all.
  Shares() = default;
  /// Of the processes of a group, which must outlive this; null: one process.
  Shares(const nn::Classifier& model, processes::ProcessGroup* group);

  /// Whether there is more than one.
  bool are_several() const { return group_ != nullptr; }
  /// Of a parameter, by name; `everybody` where there is one share.
  int64_t keeper(const std::string& parameter) const;
  bool are_here(int64_t keeper) const;

  /// A parameter and its keeper.
  struct Kept {
    int64_t keeper;
    torch::Tensor tensor;
  };
  /// Gives the numbers of each to all processes: the tensors are dense, and of the same sizes and strides everywhere.
  /// Beside them it takes a few megabytes at a time.
  void spread(const std::vector<Kept>& tensors) const;

  /// A tensor of the keeper's in rank 0, on the CPU and contiguous; undefined elsewhere. Each process calls it.
  torch::Tensor at_lead(const KeptTensor& kept) const;
  /// Rank 0's values into a tensor of the keeper's. Each process calls it.
  void hand_over(const KeptTensor& kept, const torch::Tensor& values) const;

 private:
  processes::ProcessGroup* group_ = nullptr;
  std::map<std::string, int64_t> keepers_;
};

}  // namespace staircase::train
