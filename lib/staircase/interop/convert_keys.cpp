#include "staircase/interop/convert_keys.h"

#include <map>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/interop/derived_tensors.h"
#include "staircase/interop/resized_tables.h"

namespace staircase::interop {
namespace {

/// Shapes that differ only in ones at their end: (96, 384) and (96, 384, 1, 1).
bool same_but_for_ones(torch::IntArrayRef a, torch::IntArrayRef b) {
  const auto meaning = [](torch::IntArrayRef shape) {
    while (!shape.empty() && shape.back() == 1) shape = shape.slice(0, shape.size() - 1);
    return shape;
  };
  return meaning(a) == meaning(b);
}

/// "missing a, b and 3 more", or nothing.
std::string listed(const std::string& what, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  const size_t most = 20;
  std::vector<std::string> shown(names.begin(),
                                 names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
  std::string text = what + " " + join(shown);
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

struct Problems {
  std::vector<std::string> missing, unexpected, misshapen;
  bool head_only = true;  ///< nothing but the head is wrong

  void throw_if_any(const std::string& name, const std::string& head_way_out) const {
    std::vector<std::string> parts;
    for (const std::string& part :
         {listed("missing", missing), listed("unexpected", unexpected), listed("of another shape", misshapen)})
      if (!part.empty()) parts.push_back(part);
    if (parts.empty()) return;
    throw RequestError(name + ": does not fit the network, nothing was loaded: " + join(parts, "; ") +
                       (head_only && !head_way_out.empty() ? "; " + head_way_out : ""));
  }
};

/// torchvision's files of ViTs have the names that its MLP had before it became a list of layers.
std::string newest_name(std::string key) {
  for (const auto& [old, now] :
       {std::pair<std::string, std::string>{".mlp.linear_1.", ".mlp.0."}, {".mlp.linear_2.", ".mlp.3."}})
    if (const size_t at = key.find(old); at != std::string::npos) key.replace(at, old.size(), now);
  return key;
}

bool is_head(const std::string& ours) { return ours.starts_with("head.linear."); }

bool is_of_decoder(const std::string& key) { return key.starts_with("decoder."); }

bool is_skipped(const std::string& ours, Head head) {
  if (head == Head::none) return ours.starts_with("head.");
  return head == Head::fresh && is_head(ours);
}

}  // namespace

formats::TensorFile to_staircase(const formats::TensorFile& file, const config::ModelOptions& model, KeyLayout layout,
                                 const std::string& name, Head head, const std::string& head_way_out) {
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& [key, tensor] : file.tensors)
    if (!(head == Head::none && is_of_decoder(key)) && (layout == KeyLayout::staircase || !is_derived(key)))
      tensors.emplace(newest_name(key), tensor);
  formats::TensorFile converted;
  converted.metadata = file.metadata;
  Problems problems;
  for (const KeyMapping& mapping : map_keys(model, layout)) {
    const auto found = tensors.find(mapping.theirs);
    const bool there = found != tensors.end(), skipped = is_skipped(mapping.ours, head);
    if (there && !skipped && same_but_for_ones(found->second.sizes(), mapping.their_shape)) {
      converted.tensors.emplace_back(mapping.ours, found->second.reshape(mapping.our_shape));
    } else if (const auto resized = there && !skipped ? resized_for(mapping, found->second) : std::nullopt) {
      converted.tensors.emplace_back(mapping.ours, *resized);
    } else if (!there && mapping.is_counter) {
      converted.tensors.emplace_back(mapping.ours, torch::zeros({}, torch::kLong));
    } else if (!skipped) {
      problems.head_only &= is_head(mapping.ours);
      if (there)
        problems.misshapen.push_back(mapping.theirs + " " + formats::shape_text(found->second.sizes()) +
                                     " instead of " + formats::shape_text(mapping.their_shape));
      else problems.missing.push_back(mapping.theirs);
    }
    if (there) tensors.erase(found);
  }
  for (const auto& [key, tensor] : file.tensors)
    if (tensors.count(newest_name(key))) problems.unexpected.push_back(formats::printable(key));
  problems.head_only &= problems.unexpected.empty();
  problems.throw_if_any(name, head_way_out);
  return converted;
}

formats::TensorFile from_staircase(const formats::TensorFile& file, const config::ModelOptions& model,
                                   KeyLayout layout) {
  const std::map<std::string, torch::Tensor> tensors(file.tensors.begin(), file.tensors.end());
  formats::TensorFile converted;
  converted.metadata = file.metadata;
  for (const KeyMapping& mapping : map_keys(model, layout))
    if (const auto found = tensors.find(mapping.ours); found != tensors.end())
      converted.tensors.emplace_back(mapping.theirs, found->second.reshape(mapping.their_shape));
  add_derived_tensors(converted, layout);
  return converted;
}

void copy_into(nn::Classifier& model, const formats::TensorFile& file) {
  const torch::NoGradGuard no_grad;
  const std::map<std::string, torch::Tensor> tensors(file.tensors.begin(), file.tensors.end());
  for (nn::NamedTensor& item : nn::named_state(model))
    if (const auto found = tensors.find(item.name); found != tensors.end()) item.tensor.copy_(found->second);
}

}  // namespace staircase::interop
