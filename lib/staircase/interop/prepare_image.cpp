#include "staircase/interop/prepare_image.h"

#include "staircase/data/decode.h"
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

/// A framed image as a network takes it.
torch::Tensor to_input(const data::Image& framed, const ModelDescription& description) {
  const int64_t channels = description.model.in_channels, size = description.data.image_size_px;
  if (framed.channels != channels && !(framed.channels == 3 && channels == 1))
    throw std::invalid_argument("prepare_image: the image has " + std::to_string(framed.channels) +
                                " channels, the network takes " + std::to_string(channels));
  torch::Tensor pixels = torch::empty({1, size, size, channels});
  data::normalize(framed.channels == channels ? framed : one_channel(framed), description.data,
                  pixels.data_ptr<float>());
  return pixels.permute({0, 3, 1, 2});
}

}  // namespace

torch::Tensor prepare_image(const data::Image& image, const ModelDescription& description) {
  const auto size = static_cast<int>(description.data.image_size_px);
  return to_input(data::eval_transform(image, size, description.recipe), description);
}

torch::Tensor prepare_file(const std::filesystem::path& path, const ModelDescription& description) {
  const config::RecipeOptions& recipe = description.recipe;
  const auto size = static_cast<int>(description.data.image_size_px);
  data::Framing framing;
  const data::ImagePart part = data::decode_part(path, [&](int width, int height) {
    framing = data::eval_framing(width, height, size, recipe);
    return data::wanted_part(framing, recipe.interpolation, description.data.decode == config::Decode::scaled);
  });
  return to_input(data::frame(part, framing, recipe.interpolation), description);
}

}  // namespace staircase::interop
