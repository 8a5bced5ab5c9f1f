#include "staircase/data/rand_augment.h"

#include <algorithm>

#include "staircase/data/operations.h"

namespace staircase::data {

Image apply_operation(Operation operation, Image image, double magnitude, bool negative) {
  const double m = magnitude, sign = negative ? -1.0 : 1.0;
  const double factor = 1.0 + sign * 0.09 * m;
  switch (operation) {
    case Operation::auto_contrast: return auto_contrast(std::move(image));
    case Operation::equalize: return equalize(std::move(image));
    case Operation::invert: return invert(std::move(image));
    case Operation::rotate: return rotate(image, sign * 30.0 * m / 10.0);
    case Operation::posterize: return posterize(std::move(image), 4 - static_cast<int>(m / 10 * 4));
    case Operation::solarize: return solarize(std::move(image), 256 - static_cast<int>(m / 10 * 256));
    case Operation::solarize_add: return solarize_add(std::move(image), static_cast<int>(m / 10 * 110));
    case Operation::color: return adjust_color(std::move(image), factor);
    case Operation::contrast: return adjust_contrast(std::move(image), factor);
    case Operation::brightness: return adjust_brightness(std::move(image), factor);
    case Operation::sharpness: return adjust_sharpness(std::move(image), factor);
    case Operation::shear_x: return shear_x(image, sign * 0.03 * m);
    case Operation::shear_y: return shear_y(image, sign * 0.03 * m);
    case Operation::translate_x: return translate_x(image, sign * 0.045 * m);
    case Operation::translate_y: return translate_y(image, sign * 0.045 * m);
  }
  return image;
}

Image rand_augment(Image image, const config::RecipeOptions& recipe, RandomStream& random) {
  for (int64_t i = 0; i < recipe.rand_augment_operations; ++i) {
    const auto operation = static_cast<Operation>(random.below(operation_count));
    const bool applied = random.chance(recipe.rand_augment_probability);
    const double magnitude =
        std::clamp(recipe.rand_augment_magnitude + recipe.rand_augment_std * random.normal(), 0.0, 10.0);
    const bool negative = random.chance(0.5);
    if (applied) image = apply_operation(operation, std::move(image), magnitude, negative);
  }
  return image;
}

}  // namespace staircase::data
