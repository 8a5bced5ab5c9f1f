#pragma once

#include <filesystem>

#include <torch/types.h>

#include "staircase/data/image.h"
#include "staircase/interop/model_file.h"

namespace staircase::interop {

/// A decoded image as a network takes it: prepared as evaluation does (resized, cropped, normalized), and turned gray
/// for a network of one channel. (1, C, S, S) float, channels_last, S = description.data.image_size_px.
/// Throws std::invalid_argument when the image's channels are not the network's and not 3 for a network of 1.
torch::Tensor prepare_image(const data::Image& image, const ModelDescription& description);

/// The same of an image file, read as evaluation reads it: description.data.decode says whether whole or scaled.
/// Throws the same, and as data::decode_image does.
torch::Tensor prepare_file(const std::filesystem::path& path, const ModelDescription& description);

}  // namespace staircase::interop
