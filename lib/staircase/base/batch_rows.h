#pragma once

#include <cstdint>

namespace staircase {

/// Which rows of an optimizer's batch a micro-batch holds: the stretch [first, first + half) and its mirror image
/// [batch - first - half, batch - first). Row r is mixed with row batch - 1 - r, so the partner of a micro-batch's
/// row i is its own row from the end. half 0: one stretch from `first` on.
struct BatchRows {
  int64_t first = 0, half = 0, batch = 0;

  /// The place in the batch of row i of the micro-batch: what random numbers are counted by.
  constexpr int64_t place(int64_t i) const { return half == 0 || i < half ? first + i : batch - first - 2 * half + i; }
};

}  // namespace staircase
