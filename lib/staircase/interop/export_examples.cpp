#include "staircase/interop/export_examples.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "staircase/interop/prepare_image.h"

namespace staircase::interop {

torch::Tensor wave(const std::vector<int64_t>& shape) {
  const int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
  return torch::arange(count, torch::kFloat).mul(0.7).sin().reshape(shape);
}

Photograph example_photograph(int height, int width, const ModelDescription& description) {
  data::Image image(width, height, static_cast<int>(description.model.in_channels));
  const torch::Tensor pixels = wave({height, width, image.channels}).add(1).mul(127.5).to(torch::kUInt8);
  std::copy_n(pixels.data_ptr<uint8_t>(), image.pixels.size(), image.pixels.data());
  return {pixels, prepare_image(image, description)};
}

}  // namespace staircase::interop
