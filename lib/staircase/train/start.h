#pragma once

#include <string>
#include <vector>

#include "staircase/config/init_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/formats/tensor_file.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

/// The tensors that /init/weights gives a network, under its names; none without such a file. `classes`: the data's,
/// in their order; a kept head's rows are put in that order where the file names its own. Empty: rows stay.
/// Throws RequestError naming the file: unreadable, of another network, or with a head for another number of classes
/// or for classes of other names while new_head is not set.
formats::TensorFile read_initial_weights(const config::InitOptions& init, const config::ModelOptions& model,
                                         const std::vector<std::string>& classes);

/// Fills a network for its first step: random from the seed, the head scaled as the recipe says,
/// then the initial weights over it, as read_initial_weights gives them. Returns how many tensors came from the file.
size_t fill_weights(nn::Classifier& model, uint64_t seed, const config::InitOptions& init,
                    const config::RecipeOptions& recipe, const std::vector<std::string>& classes = {});

}  // namespace staircase::train
