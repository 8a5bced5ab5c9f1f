#pragma once

#include <string>
#include <vector>

#include "staircase/config/init_options.h"
#include "staircase/config/recipe_options.h"
#include "staircase/interop/model_file.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

/// What /init/weights gives a network, with tensors under its names; nothing without such a file. `classes`: the
/// data's, in their order; a kept head's rows are put in that order where the file names its own. Empty: rows stay.
/// Throws RequestError naming the file: unreadable, of another network, or with a head for another number of classes
/// or for classes of other names while new_head is not set.
interop::ModelFile read_initial_weights(const config::InitOptions& init, const config::ModelOptions& model,
                                        const std::vector<std::string>& classes);

/// What a network took from a file.
struct LoadedWeights {
  size_t tensors = 0;
  /// False: a file of masked autoencoding, which has neither a head nor the final norm before it.
  bool has_head = true;
  size_t decoder_tensors = 0;  ///< of such a file, left out
};

/// Fills a network for its first step: random from the seed, the head scaled as the recipe says,
/// then the initial weights over it, as read_initial_weights gives them.
LoadedWeights fill_weights(nn::Classifier& model, uint64_t seed, const config::InitOptions& init,
                           const config::RecipeOptions& recipe, const std::vector<std::string>& classes = {});

}  // namespace staircase::train
