#include "staircase/train/start.h"

#include "staircase/interop/convert_keys.h"
#include "staircase/interop/model_file.h"
#include "staircase/nn/initialize.h"

namespace staircase::train {

formats::TensorFile read_initial_weights(const config::InitOptions& init, const config::ModelOptions& model) {
  if (init.weights.empty()) return {};
  interop::OpenOptions options;
  options.model = plan::NamedModel{"/model", "custom", model, 0.0};
  options.head = init.new_head ? interop::Head::fresh : interop::Head::from_file;
  options.head_way_out = "/init/new_head: true starts with a fresh head for these classes";
  return interop::open_model_file(init.weights, options).tensors;
}

size_t fill_weights(nn::Classifier& model, uint64_t seed, const config::InitOptions& init,
                    const config::RecipeOptions& recipe) {
  const torch::NoGradGuard no_grad;
  nn::initialize(model, seed);
  for (nn::NamedTensor& item : nn::named_state(model))
    if (item.name.starts_with("head.linear.")) item.tensor.mul_(recipe.head_init_scale);
  const formats::TensorFile file = read_initial_weights(init, model.options());
  interop::copy_into(model, file);
  return file.tensors.size();
}

}  // namespace staircase::train
