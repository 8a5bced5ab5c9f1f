#include "staircase/formats/state_dict.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/json.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

constexpr size_t max_listed_keys = 20;
constexpr std::string_view data_parallel_prefix = "module.";

using Items = std::vector<PickleValue>;

/// The last value under a text key, as Python would keep it; null when there is none.
const PickleValue* member(const PickleTree& tree, const Items& dict, std::string_view key) {
  for (size_t i = dict.size(); i >= 2; i -= 2)
    if (dict[i - 2].kind == PickleKind::text && tree.text(dict[i - 2]) == key) return &dict[i - 1];
  return nullptr;
}

bool holds_tensor(const Items& dict) {
  for (size_t i = 1; i < dict.size(); i += 2)
    if (dict[i].kind == PickleKind::tensor) return true;
  return false;
}

std::vector<std::string> key_names(const PickleTree& tree, const Items& dict) {
  std::vector<std::string> names;
  for (size_t i = 0; i < dict.size() && names.size() <= max_listed_keys; i += 2)
    if (dict[i].kind == PickleKind::text)
      names.push_back(names.size() == max_listed_keys ? "..."
                                                      : printable(std::string(tree.text(dict[i]).substr(0, 60))));
  return names;
}

const Items& under_key(const PickleTree& tree, const Items& root, const std::string& key, const std::string& file) {
  const PickleValue* found = member(tree, root, key);
  const std::vector<std::string> names = key_names(tree, root);
  if (found == nullptr)
    throw RequestError(file + ": holds no key " + quoted_name(key) + ", it holds " + join(names) +
                       did_you_mean(key, names));
  if (found->kind != PickleKind::dict || !holds_tensor(tree.items(*found)))
    throw RequestError(file + ": holds no state dict under the key " + quoted_name(key));
  return tree.items(*found);
}

const Items& choose_dict(const PickleTree& tree, const std::optional<std::string>& key, const std::string& file) {
  if (tree.root.kind != PickleKind::dict)
    throw RequestError(file + ": holds no dict, so no state dict: save model.state_dict()");
  const Items& root = tree.items(tree.root);
  if (key) return under_key(tree, root, *key, file);
  for (const char* name : {"model", "model_ema", "state_dict", "model_state_dict"}) {
    const PickleValue* found = member(tree, root, name);
    if (found != nullptr && found->kind == PickleKind::dict && holds_tensor(tree.items(*found)))
      return tree.items(*found);
  }
  if (!holds_tensor(root))
    throw RequestError(file +
                       ": holds no state dict, neither directly nor under model, model_ema, "
                       "state_dict or model_state_dict; its keys are " +
                       join(key_names(tree, root)));
  return root;
}

}  // namespace

std::vector<std::pair<std::string, size_t>> find_state_dict(const PickleTree& tree,
                                                            const std::optional<std::string>& key,
                                                            const std::string& file) {
  const Items& dict = choose_dict(tree, key, file);
  std::vector<std::pair<std::string, size_t>> tensors;
  std::set<std::string_view> names;
  for (size_t i = 0; i + 1 < dict.size(); i += 2) {
    if (dict[i + 1].kind != PickleKind::tensor) continue;
    if (dict[i].kind != PickleKind::text) throw RequestError(file + ": names a tensor by no text");
    std::string_view name = tree.text(dict[i]);
    if (name.starts_with(data_parallel_prefix)) name.remove_prefix(data_parallel_prefix.size());
    if (!config::is_utf8(name)) throw RequestError(file + ": holds a tensor whose name is not UTF-8");
    if (!names.insert(name).second)
      throw RequestError(file + ": holds two tensors of the name " + quoted_name(std::string(name)));
    if (tensors.size() == max_tensors)
      throw RequestError(file + ": holds more than " + std::to_string(max_tensors) +
                         " tensors, which is the most allowed");
    tensors.emplace_back(name, static_cast<size_t>(dict[i + 1].payload));
  }
  return tensors;
}

}  // namespace staircase::formats
