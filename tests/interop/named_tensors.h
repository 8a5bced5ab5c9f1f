#pragma once

#include <map>
#include <string>

#include "staircase/formats/tensor_file.h"
#include "staircase/nn/classifier.h"
#include "staircase/nn/initialize.h"

namespace staircase::tests {

/// Every tensor of a network with random weights, under our names.
inline formats::TensorFile tensors_of(const config::ModelOptions& options) {
  nn::Classifier model(options);
  nn::initialize(model, 1);
  formats::TensorFile file;
  for (const auto& item : nn::named_state(model)) file.tensors.emplace_back(item.name, item.tensor.detach());
  return file;
}

inline std::map<std::string, torch::Tensor> by_name(const formats::TensorFile& file) {
  return {file.tensors.begin(), file.tensors.end()};
}

/// Whether two files hold the same tensors to the bit, in any order.
inline bool equal(const formats::TensorFile& a, const formats::TensorFile& b) {
  const auto left = by_name(a), right = by_name(b);
  if (left.size() != right.size()) return false;
  for (const auto& [name, tensor] : left)
    if (!right.count(name) || !tensor.equal(right.at(name))) return false;
  return true;
}

}  // namespace staircase::tests
