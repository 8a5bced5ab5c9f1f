#include "staircase/data/batch_slot.h"

#include <utility>

namespace staircase::data {

Slot make_slot(int64_t index, const MicroBatch& part, int64_t channels, int64_t side) {
  Slot slot;
  slot.size = part.size;
  slot.filled.assign(static_cast<size_t>(part.size), 0);
  slot.batch.index = index;
  slot.batch.rows = part.rows;
  slot.batch.images = torch::empty({part.size, channels, side, side}, torch::TensorOptions(torch::kFloat32),
                                   torch::MemoryFormat::ChannelsLast);
  slot.batch.labels = torch::empty({part.size}, torch::TensorOptions(torch::kInt64));
  slot.images = slot.batch.images.data_ptr<float>();
  slot.labels = slot.batch.labels.data_ptr<int64_t>();
  return slot;
}

Batch take_batch(Slot& slot) {
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < slot.size; ++i)
    if (slot.filled[i]) kept.push_back(i);
  if (static_cast<int64_t>(kept.size()) == slot.size) return std::move(slot.batch);
  const torch::Tensor rows = torch::tensor(kept, torch::kInt64);
  return {slot.batch.images.index_select(0, rows).contiguous(torch::MemoryFormat::ChannelsLast),
          slot.batch.labels.index_select(0, rows), slot.batch.index, slot.batch.rows};
}

}  // namespace staircase::data
