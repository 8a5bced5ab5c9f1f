#pragma once

#include <torch/csrc/jit/api/module.h>

#include <memory>

#include "staircase/interop/model_file.h"

namespace staircase::interop {

/// Throws RequestError when a network takes neither 1 nor 3 channels, as images have.
void check_channels(int64_t channels);

/// prepare_image() as a TorchScript module, to the bit: forward(image) takes uint8 pixels of one image, (H, W, C), or of
/// several of one size, (N, H, W, C), of any size, red green blue; C is 3, or 1 where the network is of one channel. It
/// gives (N, C, S, S) float, channels_last. Anything else is refused inside, in a sentence.
/// Resizing is Pillow's: sums of integers, which float64 holds exactly.
torch::jit::Module make_preprocessing(const ModelDescription& description,
                                      const std::shared_ptr<torch::jit::CompilationUnit>& unit, torch::Device device);

}  // namespace staircase::interop
