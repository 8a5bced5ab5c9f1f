#include "staircase/execution/left_overs.h"

#include "staircase/base/file_lock.h"
#include "staircase/base/files.h"
#include "staircase/train/checkpoint.h"

namespace staircase::execution {
namespace fs = std::filesystem;

void remove_left_overs(const fs::path& folder) {
  std::error_code none;
  for (const auto& run : fs::directory_iterator(folder / "runs", none)) {
    const fs::path checkpoints = run.path() / "checkpoints";
    if (!fs::exists(run.path() / "summary.json", none) || !fs::exists(checkpoints, none)) continue;
    if (const auto lock = FileLock::try_take(run.path() / ".lock")) {
      remove_unfinished_files(checkpoints);
      train::CheckpointStore(checkpoints).clear();
    }
  }
}

}  // namespace staircase::execution
