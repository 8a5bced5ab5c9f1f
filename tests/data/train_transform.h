#pragma once

#include <utility>

#include "staircase/data/resize.h"
#include "staircase/data/transforms.h"

namespace staircase::tests {

/// train_framing, frame and augment of a whole image.
inline data::Image train_transform(const data::Image& image, int size, const config::RecipeOptions& recipe,
                                   RandomStream& random) {
  const data::Framing framing = data::train_framing(image.width, image.height, size, recipe, random);
  data::Image framed =
      data::resize(image, framing.part, framing.width, framing.height, framing.window, recipe.interpolation);
  return data::augment(std::move(framed), framing.padding, recipe, random);
}

}  // namespace staircase::tests
