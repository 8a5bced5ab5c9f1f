#pragma once

#include <algorithm>
#include <cstdint>

#include "staircase/base/batch_rows.h"

namespace staircase::data {

/// A micro-batch of a batch: where its rows stand, and how many they are.
struct MicroBatch {
  BatchRows rows;
  int64_t size = 0;
};

/// Micro-batches of `micro` images (even; 0: the whole batch) in a batch of `batch`.
constexpr int64_t count_micro_batches(int64_t batch, int64_t micro) {
  if (micro == 0 || micro >= batch) return 1;
  const int64_t pairs = batch / 2, half = micro / 2;
  return (pairs + half - 1) / half;
}

/// Number k of them. They go from the batch's ends to its middle: the last one is what is left there, in one stretch,
/// with the middle row where the batch is odd.
constexpr MicroBatch micro_batch_at(int64_t batch, int64_t micro, int64_t k) {
  const int64_t half = micro / 2, first = k * half;
  if (k + 1 == count_micro_batches(batch, micro)) return {{first, 0, batch}, batch - 2 * first};
  return {{first, half, batch}, 2 * half};
}

}  // namespace staircase::data
