#pragma once

#include "staircase/base/random.h"
#include "staircase/config/data_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/data/image.h"

namespace staircase::data {

/// The part of a width x height image that a random resized crop takes: area_min to 1 of the area,
/// aspect 3/4 to 4/3 log-uniform, 10 tries, else the central part of the nearest allowed aspect.
/// Source: torchvision 0.15, RandomResizedCrop.get_params.
Box random_crop_box(int width, int height, double area_min, RandomStream& random);

/// A training image, size x size: random resized crop (or padded crop for small images, or the
/// evaluation's resize where crop_area_min is 1), flip, RandAugment or color jitter. What stays is
/// for floats: normalize, erase_box.
/// Images that have the size already, 32 or less, are cropped with small_image_padding black pixels
/// around them; padding 0 leaves them.
Image train_transform(const Image& image, int size, const config::RecipeOptions& recipe, RandomStream& random);

/// An evaluation image, size x size: the shorter side to int(size / eval_crop_ratio), center crop;
/// at 384 and above warped to the square; images that have the size already, 32 or less, unchanged.
Image eval_transform(const Image& image, int size, const config::RecipeOptions& recipe);

/// Brightness, contrast and saturation, each by a factor in [max(0, 1 - strength), 1 + strength],
/// in random order. Source: torchvision 0.15, ColorJitter.
Image color_jitter(Image image, double strength, RandomStream& random);

/// (v / 255 - mean) / std into `out`, HWC like the image (a channels_last tensor's row). A gray
/// image takes the average of the three means and of the three stds.
void normalize(const Image& image, const config::DataOptions& data, float* out);

/// Undoes normalize for eyes: the 8-bit image of size x size x channels floats (HWC); what lies outside
/// black and white is clipped.
Image denormalize(const float* pixels, int size, int channels, const config::DataOptions& data);

/// With `probability` one box of a normalized HWC image becomes independent N(0, 1): area U(.02,
/// 1/3) of the image, aspect log-uniform .3 to 1/.3, strictly smaller than the image, 10 tries.
/// Returns the box (empty: nothing was erased).
/// Source: Zhong et al. 2017, arXiv:1708.04896; timm's RandomErasing, mode "pixel".
Box erase_box(float* pixels, int width, int height, int channels, double probability, RandomStream& random);

}  // namespace staircase::data
