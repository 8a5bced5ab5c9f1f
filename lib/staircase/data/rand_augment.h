#pragma once

#include "staircase/base/random.h"
#include "staircase/config/recipe_options.h"
#include "staircase/data/image.h"

namespace staircase::data {

enum class Operation {
  auto_contrast,
  equalize,
  invert,
  rotate,
  posterize,
  solarize,
  solarize_add,
  color,
  contrast,
  brightness,
  sharpness,
  shear_x,
  shear_y,
  translate_x,
  translate_y,
};
inline constexpr int operation_count = 15;

/// One operation at magnitude m in [0, 10] of the increasing series; `negative` turns the sign of
/// those that have one. m = 9 means: rotate 27 degrees, posterize to 1 bit, solarize from 26,
/// solarize_add 99, factors 1 +- .81, shear .27, translate .405 of the side.
/// Source: timm's rand-augment "inc" levels, as published with DeiT and ConvNeXt.
Image apply_operation(Operation operation, Image image, double magnitude, bool negative);

/// `rand_augment_operations` operations drawn with replacement, each applied with
/// `rand_augment_probability` at a magnitude ~ N(rand_augment_magnitude, rand_augment_std) clamped
/// to [0, 10]. Source: Cubuk et al. 2019, arXiv:1909.13719; timm's m9-n2-mstd0.5-inc1.
Image rand_augment(Image image, const config::RecipeOptions& recipe, RandomStream& random);

}  // namespace staircase::data
