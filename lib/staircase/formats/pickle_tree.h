#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace staircase::formats {

enum class PickleKind : uint8_t {
  missing,
  none,
  boolean,
  integer,
  real,
  text,
  tuple,
  list,
  dict,
  global,
  storage,
  tensor,
  opaque,
};

/// A value of a pickle: an integer itself, else an index into the tree. Values never own each
/// other, so a loop of references costs nothing and nothing walks or frees them recursively.
struct PickleValue {
  PickleKind kind = PickleKind::missing;
  int64_t payload = 0;
};

/// The data of one or more tensors: an entry of the archive named by `key`.
struct PickledStorage {
  torch::ScalarType type = torch::kFloat;
  std::string_view key;
  int64_t count = 0;
};

/// A view of a storage; offset and strides count elements.
struct PickledTensor {
  size_t storage = 0;
  int64_t offset = 0;
  std::vector<int64_t> sizes, strides;
};

/// What a pickle holds, as far as weights are concerned. Texts point into the pickle's bytes.
struct PickleTree {
  PickleValue root;
  std::vector<std::string_view> texts;
  /// Items of tuples and lists; keys and values of dicts by turns.
  std::vector<std::vector<PickleValue>> containers;
  std::vector<PickledStorage> storages;
  std::vector<PickledTensor> tensors;

  const std::vector<PickleValue>& items(const PickleValue& value) const {
    return containers.at(static_cast<size_t>(value.payload));
  }
  std::string_view text(const PickleValue& value) const { return texts.at(static_cast<size_t>(value.payload)); }
};

/// Reads a pickle of protocol 2 to 5 as torch.save writes it. A small stack machine of our own:
/// it builds nothing but this tree, and nothing in the pickle is ever called or imported.
/// It takes at most `budget` bytes of memory. Throws RequestError naming `place` and the byte: for
/// a class or function that is not known to be harmless (by its name), for a value that contains
/// itself, for a tensor that does not lie within its storage, and for damage of any kind.
PickleTree read_pickle(std::string_view bytes, const std::string& place, uint64_t budget);

}  // namespace staircase::formats
