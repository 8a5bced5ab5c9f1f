#pragma once

#include <cstdint>
#include <vector>

#include "staircase/data/loader.h"
#include "staircase/data/micro_batches.h"

namespace staircase::data {

/// A micro-batch that is being filled. Workers write to different samples of it without a lock.
struct Slot {
  Batch batch;
  int64_t size = 0, claimed = 0, made = 0;
  bool ready = false;
  std::vector<char> filled;
  float* images = nullptr;
  int64_t* labels = nullptr;
};

/// Memory of batches that were given away and that nobody uses any more, for others of their size: new memory of this
/// size comes from the system page by page. Pinned memory is LibTorch's own to keep: it knows when a GPU has read it.
class BatchBuffers {
 public:
  explicit BatchBuffers(bool pinned) : pinned_(pinned) {}

  /// Floats of that shape, channels_last, of any value.
  torch::Tensor take(at::IntArrayRef shape);

 private:
  bool pinned_;
  std::vector<torch::Tensor> known_;
};

/// An empty one with room for its images.
Slot make_slot(int64_t index, const MicroBatch& part, int64_t channels, int64_t side, BatchBuffers& buffers);

/// Its micro-batch, without the samples that were left out.
Batch take_batch(Slot& slot);

}  // namespace staircase::data
