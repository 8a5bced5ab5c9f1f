#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/runs/ledger.h"

namespace staircase::runs {

/// What the result of a run depends on beside its name.
struct Circumstances {
  std::string device_kind;  ///< "cpu"
  std::string libtorch;
  int64_t threads = 1;
  std::string initial_weights;  ///< checksum of the file that it starts from; empty: none
};

/// The folders of experiments that lie beside one, under the same parent, and name their runs by the same rule.
class Neighbours {
 public:
  /// Folders that cannot be read are none. Those of format 1 are neither: the data under their paths may have changed.
  explicit Neighbours(const Ledger& ledger);

  bool empty() const { return folders_.empty(); }

  /// The first of them that holds this run, done, all of it under these circumstances, with its weights, and with
  /// nobody at work on it.
  std::optional<std::filesystem::path> find(const RunKey& run, const Circumstances& circumstances,
                                            const Ledger& ledger) const;

  /// A folder that holds a run, done, and why it is not the run that is wanted: "threads 2 there, 1 here".
  struct Other {
    std::filesystem::path folder;
    std::string why;
  };
  /// The first of them that holds this run otherwise: under other circumstances, or on what lay in the place of its
  /// data before. Empty: none does.
  std::optional<Other> find_other(const RunKey& run, const Circumstances& circumstances, const Ledger& ledger) const;

 private:
  std::vector<std::filesystem::path> folders_;
};

/// Whether the run is neither done here nor begun with a checkpoint, and has no damaged summary to be named.
bool is_untouched(const Ledger& ledger, const RunKey& run);

/// Makes a run that `neighbour` holds, done, one of this folder. Its files become hard links, which cost no space and
/// are never written again, or copies where links are not possible; logs that may grow are copied. summary.json comes
/// last, so a kill leaves a run that is not done. False: another process works on the run here, or has.
/// Throws std::runtime_error naming a path that cannot be written.
bool take_over(const std::filesystem::path& neighbour, const Ledger& ledger, const RunKey& run);

}  // namespace staircase::runs
