#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace staircase::formats {

/// Counts what the vectors of a pickle's values allocate. A one-byte opcode may cost a vector, so
/// without a budget a small file could take all the memory.
class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t bytes) : left_(bytes) {}

  /// False when the budget is spent.
  bool take(uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  /// Makes room for `more` elements, doubling as vectors do. False when the budget is spent.
  template <class T>
  bool reserve(std::vector<T>& vector, size_t more) {
    const size_t needed = vector.size() + more;
    if (needed <= vector.capacity()) return true;
    const size_t capacity = std::max(needed, vector.capacity() * 2);
    if (!take(capacity * sizeof(T))) return false;
    vector.reserve(capacity);
    return true;
  }

 private:
  uint64_t left_;
};

}  // namespace staircase::formats
