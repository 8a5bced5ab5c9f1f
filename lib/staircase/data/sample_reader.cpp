#include "staircase/data/sample_reader.h"

#include "staircase/data/transforms.h"

namespace staircase::data {

SampleReader::SampleReader(std::shared_ptr<const Dataset> dataset, const config::DataOptions& data,
                           const config::RecipeOptions& recipe, LoaderMode mode, uint64_t seed, int64_t channels)
    : dataset_(std::move(dataset)),
      data_(data),
      recipe_(recipe),
      mode_(mode),
      seed_(seed),
      channels_(channels),
      bad_images_(dataset_->size(), data.max_bad_fraction) {}

size_t SampleReader::sample_size() const {
  return static_cast<size_t>(channels_ * data_.image_size_px * data_.image_size_px);
}

std::optional<Image> SampleReader::good_image(size_t index) {
  if (bad_images_.contains(index)) return std::nullopt;
  try {
    Image image = dataset_->image(index);
    if (image.channels != channels_)
      throw std::invalid_argument(dataset_->name(index) + ": has " + std::to_string(image.channels) +
                                  " channels, expected " + std::to_string(channels_));
    return image;
  } catch (const BadImage& error) {
    if (!bad_images_.add(index, error.what())) throw std::runtime_error(bad_images_.too_many(*dataset_));
    return std::nullopt;
  }
}

std::optional<int64_t> SampleReader::read(int64_t epoch, size_t position, size_t index, float* out) {
  const bool training = mode_ == LoaderMode::train;
  std::optional<Image> image = good_image(index);
  if (!image && !training) return std::nullopt;
  for (size_t tried = 1; !image; ++tried) {
    if (tried == dataset_->size()) throw std::runtime_error("all " + std::to_string(tried) + " images are damaged");
    index = (index + 1) % dataset_->size();
    image = good_image(index);
  }
  const auto size = static_cast<int>(data_.image_size_px);
  if (!training) {
    normalize(eval_transform(*image, size, recipe_), data_, out);
    return dataset_->label(index);
  }
  const std::initializer_list<uint64_t> counters{seed_, static_cast<uint64_t>(epoch), position};
  RandomStream augment(Purpose::augment, counters), erasing(Purpose::erasing, counters);
  normalize(train_transform(*image, size, recipe_, augment), data_, out);
  erase_box(out, size, size, static_cast<int>(channels_), recipe_.random_erasing, erasing);
  return dataset_->label(index);
}

}  // namespace staircase::data
