#include "staircase/data/sample_reader.h"

#include <chrono>
#include <utility>

namespace staircase::data {
namespace {

/// Adds the time from its making to the end of its scope.
class Timed {
 public:
  explicit Timed(std::atomic<int64_t>& sum) : sum_(sum) {}
  ~Timed() {
    using std::chrono::duration_cast, std::chrono::nanoseconds;
    sum_ += duration_cast<nanoseconds>(std::chrono::steady_clock::now() - start_).count();
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  std::atomic<int64_t>& sum_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double seconds(const std::atomic<int64_t>& nanoseconds) { return 1e-9 * static_cast<double>(nanoseconds.load()); }

}  // namespace

/// One that is being made: where it stands, and where to.
struct SampleReader::Sample {
  int64_t epoch;
  size_t position;
  float* out;
};

SampleReader::SampleReader(std::shared_ptr<const Dataset> dataset, const config::DataOptions& data,
                           const config::RecipeOptions& recipe, LoaderMode mode, uint64_t seed, int64_t channels)
    : dataset_(std::move(dataset)),
      data_(data),
      recipe_(recipe),
      mode_(mode),
      seed_(seed),
      channels_(channels),
      normalizer_(data, static_cast<int>(channels)),
      bad_images_(dataset_->size(), data.max_bad_fraction) {}

size_t SampleReader::sample_size() const {
  return static_cast<size_t>(channels_ * data_.image_size_px * data_.image_size_px);
}

LoadingTimes SampleReader::times() const {
  return {seconds(decode_), seconds(resize_), seconds(augment_), seconds(normalize_)};
}

bool SampleReader::try_image(size_t index, Sample& sample) {
  if (bad_images_.contains(index)) return false;
  try {
    make(index, sample);
    return true;
  } catch (const BadImage& error) {
    const char* const instead = mode_ == LoaderMode::train
                                    ? "; in training the next image that can be read takes its place"
                                    : "; it is left out";
    if (!bad_images_.add(index, error.what(), instead)) throw std::runtime_error(bad_images_.too_many(*dataset_));
    return false;
  }
}

void SampleReader::make(size_t index, Sample& sample) {
  const auto size = static_cast<int>(data_.image_size_px);
  const bool training = mode_ == LoaderMode::train;
  const std::initializer_list<uint64_t> counters{seed_, static_cast<uint64_t>(sample.epoch), sample.position};
  RandomStream random(Purpose::augment, counters);
  Framing framing;
  ImagePart part;
  {
    const Timed timed(decode_);
    part = dataset_->part(index, [&](int width, int height) {
      framing =
          training ? train_framing(width, height, size, recipe_, random) : eval_framing(width, height, size, recipe_);
      return wanted_part(framing, recipe_.interpolation, data_.decode == config::Decode::scaled);
    });
  }
  if (part.pixels.channels != channels_)
    throw std::invalid_argument(dataset_->name(index) + ": has " + std::to_string(part.pixels.channels) +
                                " channels, expected " + std::to_string(channels_));
  Image image;
  {
    const Timed timed(resize_);
    image = frame(part, framing, recipe_.interpolation);
  }
  if (training) {
    const Timed timed(augment_);
    image = augment(std::move(image), framing.padding, recipe_, random);
  }
  const Timed timed(normalize_);
  normalizer_.write(image, sample.out);
  if (!training) return;
  RandomStream erasing(Purpose::erasing, counters);
  erase_box(sample.out, size, size, static_cast<int>(channels_), recipe_.random_erasing, erasing);
}

std::optional<int64_t> SampleReader::read(int64_t epoch, size_t position, size_t index, float* out) {
  Sample sample{epoch, position, out};
  for (size_t tried = 1; !try_image(index, sample); ++tried) {
    if (mode_ == LoaderMode::eval) return std::nullopt;
    if (tried == dataset_->size()) throw std::runtime_error("all " + std::to_string(tried) + " images are damaged");
    index = (index + 1) % dataset_->size();
  }
  return dataset_->label(index);
}

}  // namespace staircase::data
