#include "staircase/interop/prepare_image.h"

#include "staircase/data/operations.h"
#include "staircase/data/transforms.h"

namespace staircase::interop {
namespace {

data::Image one_channel(const data::Image& color) {
  const data::Image gray = data::adjust_color(color, 0.0);
  data::Image single(gray.width, gray.height, 1);
  for (size_t i = 0; i < single.pixels.size(); ++i) single.pixels[i] = gray.pixels[3 * i];
  return single;
}

}  // namespace

torch::Tensor prepare_image(const data::Image& image, const ModelDescription& description) {
  const int64_t channels = description.model.in_channels;
  if (image.channels != channels && !(image.channels == 3 && channels == 1))
    throw std::invalid_argument("prepare_image: the image has " + std::to_string(image.channels) +
                                " channels, the network takes " + std::to_string(channels));
  const auto size = static_cast<int>(description.data.image_size_px);
  data::Image prepared = data::eval_transform(image, size, description.recipe);
  if (prepared.channels != channels) prepared = one_channel(prepared);
  torch::Tensor pixels = torch::empty({1, size, size, channels});
  data::normalize(prepared, description.data, pixels.data_ptr<float>());
  return pixels.permute({0, 3, 1, 2});
}

}  // namespace staircase::interop
