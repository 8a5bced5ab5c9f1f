#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "staircase/config/json.h"
#include "staircase/formats/tensor_file.h"

namespace staircase::train {

/// Everything that the future of a run depends on: tensors, and the rest as JSON.
struct Checkpoint {
  config::Json state;
  formats::TensorFile file;  ///< metadata is the store's own
};

/// The checkpoints of one run: DIR/step-000000042.safetensors, the last two are kept.
/// Each is written beside, flushed, renamed, and carries a checksum.
class CheckpointStore {
 public:
  explicit CheckpointStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Throws std::runtime_error naming the path and the system's reason; older checkpoints stay.
  void save(int64_t step, const Checkpoint& checkpoint);

  /// The newest whole checkpoint. A damaged one is renamed to *.damaged with a warning, and the one
  /// before it is taken; none: empty. Throws UnreadableFile when the system does not give the newest one, which is then
  /// neither damaged nor passed over.
  std::optional<Checkpoint> load_newest(const std::function<void(const std::string&)>& warn);

  /// The state in the newest whole checkpoint; none: empty. Changes nothing.
  std::optional<config::Json> newest_state() const;

  /// The step of the newest one, by its name, whole or not; 0: there is none.
  int64_t newest_step() const;

  /// Removes all of them: the run is done.
  void clear();

 private:
  std::filesystem::path folder_;
};

}  // namespace staircase::train
