#include "staircase/data/packed_images.h"

#include <algorithm>

namespace staircase::data {

PackedImages::PackedImages(std::string title, int width, int height, int channels, Layout layout,
                           std::vector<uint8_t> pixels, std::vector<uint8_t> labels)
    : title_(std::move(title)),
      width_(width),
      height_(height),
      channels_(channels),
      layout_(layout),
      pixels_(std::move(pixels)),
      labels_(std::move(labels)) {
  if (pixels_.size() != labels_.size() * width_ * height_ * channels_)
    throw std::invalid_argument(title_ + ": " + std::to_string(pixels_.size()) + " bytes are not " +
                                std::to_string(labels_.size()) + " images");
}

Image PackedImages::image(size_t index) const {
  if (index >= size()) throw std::out_of_range(name(index) + ": there are " + std::to_string(size()));
  Image image(width_, height_, channels_);
  const size_t area = static_cast<size_t>(width_) * height_;
  const uint8_t* from = pixels_.data() + index * area * channels_;
  if (layout_ == Layout::interleaved) {
    std::copy_n(from, image.pixels.size(), image.pixels.data());
  } else {
    for (int c = 0; c < channels_; ++c)
      for (size_t i = 0; i < area; ++i) image.pixels[i * channels_ + c] = from[c * area + i];
  }
  return image;
}

}  // namespace staircase::data
