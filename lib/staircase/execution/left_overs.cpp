#include "staircase/execution/left_overs.h"

#include "staircase/base/file_lock.h"
#include "staircase/base/files.h"
#include "staircase/runs/run_log.h"
#include "staircase/train/checkpoint.h"

namespace staircase::execution {
namespace fs = std::filesystem;

void remove_left_overs(const fs::path& folder) {
  std::error_code none;
  for (const auto& run : fs::directory_iterator(folder / "runs", none)) {
    const fs::path checkpoints = run.path() / "checkpoints";
    if (!fs::exists(checkpoints, none)) continue;
    // A damaged summary is none: its run goes on from what is left.
    if (!runs::read_summary(folder, run.path().filename().string()).numbers) continue;
    if (const auto lock = FileLock::try_take(run.path() / runs::run_lock_file)) {
      remove_unfinished_files(checkpoints);
      train::CheckpointStore(checkpoints).clear();
    }
  }
}

}  // namespace staircase::execution
