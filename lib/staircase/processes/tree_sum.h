#pragma once

#include <cstdint>

namespace staircase::processes {

/// Adds `count` vectors of `length` numbers that lie behind each other into the first of them, in the order of a binary
/// tree: the first two, the next two, then these sums. The others' content is lost. count: a power of two. Each sum is
/// rounded to the type.
template <class Number>
void add_up_in_tree(Number* vectors, int64_t count, int64_t length) {
  for (int64_t apart = 1; apart < count; apart *= 2)
    for (int64_t left = 0; left + apart < count; left += 2 * apart) {
      Number* to = vectors + left * length;
      const Number* from = vectors + (left + apart) * length;
      for (int64_t i = 0; i < length; ++i) to[i] += from[i];
    }
}

}  // namespace staircase::processes
