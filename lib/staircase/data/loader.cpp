#include "staircase/data/loader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "staircase/base/clock.h"
#include "staircase/base/errors.h"
#include "staircase/data/batch_slot.h"
#include "staircase/data/sample_order.h"

namespace staircase::data {
namespace {

/// One sample to make.
struct Claim {
  Slot* slot = nullptr;
  int64_t sample = 0;
  size_t position = 0;
  int64_t epoch = 0;
};

void require_positive(const char* name, int64_t value) {
  if (value < 1)
    throw std::invalid_argument(std::string("Loader: ") + name + " is " + std::to_string(value) +
                                ", expected at least 1");
}

}  // namespace

class Loader::Workers {
 public:
  Workers(std::shared_ptr<const Dataset> dataset, const config::DataOptions& data, const config::RecipeOptions& recipe,
          LoaderMode mode, LoaderOptions options)
      : size_(dataset->size()),
        side_(data.image_size_px),
        mode_(mode),
        repeats_(mode == LoaderMode::train ? static_cast<size_t>(recipe.repeated_augmentation) : 1),
        options_(std::move(options)),
        order_seed_(order_seed(options_.seed, recipe.data_order_seed)),
        reader_(std::move(dataset), data, recipe, mode, options_.seed, options_.channels) {
    const auto batch = static_cast<size_t>(options_.batch_size);
    batches_ = static_cast<int64_t>(mode == LoaderMode::train ? size_ / batch : (size_ + batch - 1) / batch);
    if (batches_ == 0)
      throw RequestError("a batch of " + std::to_string(batch) + " images is more than the " + std::to_string(size_) +
                         " that the data has");
    const int64_t batch_parts = count_micro_batches(options_.batch_size, options_.micro_batch_size);
    if (mode == LoaderMode::train) {
      if (batch_parts % options_.shares != 0)
        throw std::invalid_argument("Loader: " + std::to_string(options_.shares) + " shares of " +
                                    std::to_string(batch_parts) + " micro-batches are not equal");
      first_part_ = options_.share * (batch_parts / options_.shares);
      end_part_ = first_part_ + batch_parts / options_.shares;
    }
    const int64_t part_size = micro_batch_at(options_.batch_size, options_.micro_batch_size, 0).size;
    const int64_t part_bytes = part_size * static_cast<int64_t>(reader_.sample_size() * sizeof(float));
    most_slots_ = std::clamp<int64_t>(options_.prefetch_bytes / part_bytes, 1, 3 * batch_parts);
    for (int64_t i = 0; i < options_.workers; ++i)
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }

  ~Workers() {
    for (std::jthread& thread : threads_) thread.request_stop();
    wake_.notify_all();
  }

  int64_t batches() const { return batches_; }
  SampleReader& reader() { return reader_; }
  size_t size() const { return size_; }

  LoadingTimes times() {
    LoadingTimes times = reader_.times();
    const std::lock_guard lock(mutex_);
    times.finish = finish_seconds_;
    return times;
  }

  void begin(int64_t epoch, int64_t first_batch) {
    if (first_batch < 0 || first_batch > batches_)
      throw std::out_of_range("Loader: batch " + std::to_string(first_batch) + " of an epoch with " +
                              std::to_string(batches_));
    std::unique_lock lock(mutex_);
    open_ = false;
    idle_.wait(lock, [this] { return active_ == 0; });
    slots_.clear();
    failure_ = nullptr;
    epoch_ = epoch;
    next_batch_ = mode_ == LoaderMode::train ? first_batch : next_of_share(first_batch);
    next_part_ = first_part_;
    order_ = mode_ == LoaderMode::train ? shuffled_order(size_, order_seed_, epoch) : std::vector<size_t>{};
    fill_up();
    open_ = true;
    wake_.notify_all();
  }

  std::optional<Batch> next() {
    for (;;) {
      std::unique_lock lock(mutex_);
      done_.wait(lock, [this] { return failure_ || slots_.empty() || slots_.front().ready; });
      const std::exception_ptr failure = failure_;
      std::optional<Batch> batch;
      if (!failure && !slots_.empty()) {
        batch = take_batch(slots_.front());
        slots_.pop_front();
        fill_up();
        wake_.notify_all();
      } else if (slots_.empty()) {
        buffers_ = BatchBuffers(options_.pinned);  // another loader's turn
      }
      lock.unlock();
      for (const std::string& warning : reader_.bad_images().take_warnings())
        if (options_.on_warning) options_.on_warning(warning);
      if (failure) std::rethrow_exception(failure);
      if (!batch || batch->images.size(0) > 0) return batch;
    }
  }

 private:
  /// In evaluation, the first batch from this one on that is this share's.
  int64_t next_of_share(int64_t batch) const {
    const int64_t past = batch % options_.shares;
    return batch + (options_.share - past + options_.shares) % options_.shares;
  }

  /// New slots up to the limit. Needs the lock.
  void fill_up() {
    while (next_batch_ < batches_ && static_cast<int64_t>(slots_.size()) < most_slots_) {
      const int64_t first = next_batch_ * options_.batch_size, micro = options_.micro_batch_size;
      const int64_t size = std::min(options_.batch_size, static_cast<int64_t>(size_) - first);
      slots_.push_back(
          make_slot(next_batch_, micro_batch_at(size, micro, next_part_), options_.channels, side_, buffers_));
      if (++next_part_ < std::min(end_part_, count_micro_batches(size, micro))) continue;
      next_part_ = first_part_;
      next_batch_ = mode_ == LoaderMode::train ? next_batch_ + 1 : next_of_share(next_batch_ + 1);
    }
  }

  /// The next sample nobody makes yet, oldest micro-batch first. Needs the lock.
  std::optional<Claim> claim() {
    if (!open_ || failure_) return std::nullopt;
    for (Slot& slot : slots_)
      if (slot.claimed < slot.size) {
        const int64_t sample = slot.claimed++;
        const int64_t position = slot.batch.index * options_.batch_size + slot.batch.rows.place(sample);
        return Claim{&slot, sample, static_cast<size_t>(position), epoch_};
      }
    return std::nullopt;
  }

  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      std::optional<Claim> task;
      if (!wake_.wait(lock, stop, [&] { return (task = claim()).has_value(); })) return;
      Slot& slot = *task->slot;
      ++active_;
      without(lock, [&] { make(*task); });
      if (++slot.made == slot.size && !failure_) {
        if (options_.finish && mode_ == LoaderMode::train) finish(lock, task->epoch, slot.batch);
        slot.ready = true;
      }
      --active_;
      if (slot.ready || failure_) done_.notify_all();
      if (active_ == 0) idle_.notify_all();
    }
  }

  void finish(std::unique_lock<std::mutex>& lock, int64_t epoch, Batch& batch) {
    double seconds = 0;
    without(lock, [&] {
      const Clock::time_point start = Clock::now();
      options_.finish(epoch, batch);
      seconds = seconds_since(start);
    });
    finish_seconds_ += seconds;
  }

  /// Does the work without the lock and keeps the first failure.
  template <class Work>
  void without(std::unique_lock<std::mutex>& lock, const Work& work) {
    lock.unlock();
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (failure && !failure_) failure_ = failure;
  }

  void make(const Claim& task) {
    const size_t index = mode_ == LoaderMode::train ? order_[task.position / repeats_] : task.position;
    float* out = task.slot->images + static_cast<size_t>(task.sample) * reader_.sample_size();
    const std::optional<int64_t> label = reader_.read(task.epoch, task.position, index, out);
    if (!label) return;
    task.slot->labels[task.sample] = *label;
    task.slot->filled[task.sample] = 1;
  }

  size_t size_;
  int64_t side_;
  LoaderMode mode_;
  size_t repeats_;
  LoaderOptions options_;
  uint64_t order_seed_;
  SampleReader reader_;
  int64_t batches_ = 0, most_slots_ = 1;
  int64_t first_part_ = 0, end_part_ = std::numeric_limits<int64_t>::max();  // of each batch, this share's

  std::mutex mutex_;  // guards what follows; order_ changes only while no worker is active
  std::condition_variable_any wake_;
  std::condition_variable done_, idle_;
  std::deque<Slot> slots_;
  BatchBuffers buffers_{options_.pinned};
  std::vector<size_t> order_;
  std::exception_ptr failure_;
  int64_t epoch_ = 0, next_batch_ = 0, next_part_ = 0, active_ = 0;
  bool open_ = false;
  double finish_seconds_ = 0;
  std::vector<std::jthread> threads_;  // last, so that they end before what they use
};

Loader::Loader(std::shared_ptr<const Dataset> dataset, const config::DataOptions& data,
               const config::RecipeOptions& recipe, LoaderMode mode, LoaderOptions options) {
  if (!dataset) throw std::invalid_argument("Loader: there is no data set");
  require_positive("batch_size", options.batch_size);
  require_positive("workers", options.workers);
  require_positive("shares", options.shares);
  if (options.share < 0 || options.share >= options.shares)
    throw std::invalid_argument("Loader: share " + std::to_string(options.share) + " of " +
                                std::to_string(options.shares));
  if (options.micro_batch_size < 0 || options.micro_batch_size % 2 != 0)
    throw std::invalid_argument("Loader: micro_batch_size is " + std::to_string(options.micro_batch_size) +
                                ", expected an even number, or 0");
  workers_ = std::make_unique<Workers>(std::move(dataset), data, recipe, mode, std::move(options));
}

Loader::~Loader() = default;

int64_t Loader::batches_per_epoch() const { return workers_->batches(); }

void Loader::begin(int64_t epoch, int64_t first_batch) { workers_->begin(epoch, first_batch); }

std::optional<Batch> Loader::next() { return workers_->next(); }

LoadingTimes Loader::times() const { return workers_->times(); }

std::set<size_t> Loader::bad_images() const { return workers_->reader().bad_images().indices(); }

void Loader::restore_bad_images(const std::set<size_t>& indices) {
  if (!indices.empty() && *indices.rbegin() >= workers_->size())
    throw std::out_of_range("Loader: damaged image " + std::to_string(*indices.rbegin()) + " of a data set with " +
                            std::to_string(workers_->size()));
  workers_->reader().bad_images().restore(indices);
}

}  // namespace staircase::data
