#include "staircase/data/batch_slot.h"

#include <utility>

namespace staircase::data {

torch::Tensor BatchBuffers::take(at::IntArrayRef shape) {
  const torch::TensorOptions options = torch::TensorOptions(torch::kFloat32).pinned_memory(pinned_);
  if (pinned_) return torch::empty(shape, options, torch::MemoryFormat::ChannelsLast);
  // Nobody else holds the tensor or a view of its memory, so nobody can begin to.
  const auto is_free = [](const torch::Tensor& t) { return t.use_count() == 1 && t.storage().use_count() == 1; };
  for (const torch::Tensor& known : known_)
    if (is_free(known) && known.sizes() == shape) return known;
  std::erase_if(known_, is_free);
  known_.push_back(torch::empty(shape, options, torch::MemoryFormat::ChannelsLast));
  return known_.back();
}

Slot make_slot(int64_t index, const MicroBatch& part, int64_t channels, int64_t side, BatchBuffers& buffers) {
  Slot slot;
  slot.size = part.size;
  slot.filled.assign(static_cast<size_t>(part.size), 0);
  slot.batch.index = index;
  slot.batch.rows = part.rows;
  slot.batch.images = buffers.take({part.size, channels, side, side});
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
