#pragma once

#include "staircase/base/random.h"
#include "staircase/config/data_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/data/image_part.h"
#include "staircase/data/normalizer.h"

namespace staircase::data {

/// The part of a width x height image that a random resized crop takes: area_min to 1 of the area,
/// aspect 3/4 to 4/3 log-uniform, 10 tries, else the central part of the nearest allowed aspect.
/// Source: torchvision 0.15, RandomResizedCrop.get_params.
Box random_crop_box(int width, int height, double area_min, RandomStream& random);

/// How an image becomes a square one: `part` of it is resized to width x height, of which `window` is kept.
struct Framing {
  Box part;
  int width = 0, height = 0;
  Box window;
  int padding = 0;  ///< black pixels around what is kept, of which a crop of the same size is drawn

  bool operator==(const Framing&) const = default;
};

/// Of a width x height image, for training at size x size: random resized crop, or the evaluation's resize where
/// crop_area_min is 1. Images that have the size already, 32 or less, stay, with small_image_padding around them.
Framing train_framing(int width, int height, int size, const config::RecipeOptions& recipe, RandomStream& random);

/// For evaluation: the shorter side to int(size / eval_crop_ratio), center crop; at 384 and above warped to the
/// square; images that have the size already, 32 or less, stay.
Framing eval_framing(int width, int height, int size, const config::RecipeOptions& recipe);

/// What to read of an image for a framing of it. `scaled`: the image may be 2, 4 or 8 times smaller where the part
/// stays at least as large as what it is resized to.
WantedPart wanted_part(const Framing& framing, config::Interpolation interpolation, bool scaled);

/// The framed image, from what wanted_part asked for. Padding is left to augment.
Image frame(const ImagePart& part, const Framing& framing, config::Interpolation interpolation);

/// What follows framing in training: the crop of a padded image, flip, RandAugment or color jitter. What stays is for
/// floats: normalize, erase_box.
Image augment(Image framed, int padding, const config::RecipeOptions& recipe, RandomStream& random);

/// eval_framing and frame of a whole image.
Image eval_transform(const Image& image, int size, const config::RecipeOptions& recipe);

/// Brightness, contrast and saturation, each by a factor in [max(0, 1 - strength), 1 + strength],
/// in random order. Source: torchvision 0.15, ColorJitter.
Image color_jitter(Image image, double strength, RandomStream& random);

/// What Normalizer writes.
void normalize(const Image& image, const config::DataOptions& data, float* out);

/// With `probability` one box of a normalized HWC image becomes independent N(0, 1): area U(.02,
/// 1/3) of the image, aspect log-uniform .3 to 1/.3, strictly smaller than the image, 10 tries.
/// Returns the box (empty: nothing was erased).
/// Source: Zhong et al. 2017, arXiv:1708.04896; timm's RandomErasing, mode "pixel".
Box erase_box(float* pixels, int width, int height, int channels, double probability, RandomStream& random);

}  // namespace staircase::data
