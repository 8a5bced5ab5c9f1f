#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "staircase/base/batch_rows.h"
#include "staircase/config/data_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/data/dataset.h"
#include "staircase/data/sample_reader.h"

namespace staircase::data {

/// A micro-batch; where none are asked for, the whole batch.
/// images: (N, C, S, S) float, normalized, channels_last, on the CPU. labels: (N) int64.
struct Batch {
  torch::Tensor images, labels;
  int64_t index = 0;  ///< of the (optimizer's) batch in its epoch
  BatchRows rows;     ///< its place in that batch; in evaluation before damaged images were left out
};

struct LoaderOptions {
  int64_t batch_size = 64;
  int64_t workers = 2;
  uint64_t seed = 0;
  int64_t micro_batch_size = 0;                 ///< even; 0: whole batches
  int64_t prefetch_bytes = int64_t{256} << 20;  ///< of images in memory at once, see Loader
  int64_t channels = 3;                         ///< of every image
  bool pinned = false;                          ///< images in memory that a GPU reads by itself; needs a GPU
  /// Of so many processes that share the work, which one this is. In training each makes as many micro-batches of
  /// every batch, one after the other; in evaluation the batches go to them in turn.
  int64_t shares = 1, share = 0;
  std::function<void(const std::string&)> on_warning;  ///< called by next(), in its thread
  /// Changes a training micro-batch when its images are there: mixing. Called in a worker's thread, where
  /// LibTorch's own threads would stand beside the other workers: plain loops only.
  std::function<void(int64_t epoch, Batch&)> finish;
};

/// Batches of one data set, decoded and augmented ahead by worker threads, in micro-batches.
/// What a row of a batch holds depends on (seed, data_order_seed, epoch, index, place of the row) alone, never on the number of workers
/// or on how the batch is cut. The images that are ready or being made take at most prefetch_bytes, but at least
/// one micro-batch and at most three batches; the micro-batches that next() gave away are not among them.
/// Training: shuffled anew each epoch, floor(size / batch_size) batches, the rest dropped; with
/// repeated_augmentation r each drawn image stands r times in a row and the epoch keeps its length.
/// Evaluation: every image once, in order, the last batch smaller.
/// A damaged image is named once through on_warning, counted, and replaced by the next good one;
/// in evaluation it is left out and its micro-batch is smaller.
/// One thread at a time may call this class.
class Loader {
 public:
  /// Throws std::invalid_argument on a count below 1, an odd micro_batch_size or shares that cannot be equal; RequestError when the data is empty, or in
  /// training smaller than one batch.
  Loader(std::shared_ptr<const Dataset> dataset, const config::DataOptions& data, const config::RecipeOptions& recipe,
         LoaderMode mode, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Of all shares together.
  int64_t batches_per_epoch() const;

  /// Drops what is under way and starts making the batches of `epoch` from `first_batch` on.
  /// Throws std::out_of_range unless 0 <= first_batch <= batches_per_epoch().
  void begin(int64_t epoch, int64_t first_batch = 0);

  /// The next micro-batch, batch by batch, each from its ends to its middle; empty after the epoch's last one and before
  /// the first begin(). Those of which every image is damaged are passed over.
  /// Throws what a worker or `finish` threw: std::runtime_error when more than max_bad_fraction of the images are
  /// damaged (one sentence with the count, the share allowed and the last path). The epoch is over
  /// then, and each further call throws the same.
  std::optional<Batch> next();

  /// Where the workers' time went so far.
  LoadingTimes times() const;

  /// Indices in the data set of the damaged images met so far, in training and in evaluation; a checkpoint keeps them, so that a
  /// run that goes on neither names nor reads them again.
  std::set<size_t> bad_images() const;
  /// Call before begin(). Throws std::out_of_range when an index is not one of the data set.
  void restore_bad_images(const std::set<size_t>& indices);

 private:
  class Workers;
  std::unique_ptr<Workers> workers_;
};

}  // namespace staircase::data
