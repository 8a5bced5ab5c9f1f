#pragma once

#include "staircase/config/init_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/formats/tensor_file.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

/// The tensors that /init/weights gives a network, under its names; none without such a file.
/// Throws RequestError naming the file: unreadable, of another network, or with another head while
/// new_head is not set.
formats::TensorFile read_initial_weights(const config::InitOptions& init, const config::ModelOptions& model);

/// Fills a network for its first step: random from the seed, the head scaled as the recipe says,
/// then the initial weights over it. Returns how many tensors came from the file.
size_t fill_weights(nn::Classifier& model, uint64_t seed, const config::InitOptions& init,
                    const config::RecipeOptions& recipe);

}  // namespace staircase::train
