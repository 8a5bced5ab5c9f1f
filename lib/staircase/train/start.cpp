#include "staircase/train/start.h"

#include "staircase/interop/class_names.h"
#include "staircase/nn/initialize.h"

namespace staircase::train {
namespace {

const std::string way_out = "/init/new_head: true starts with a fresh head for these classes";

/// A kept head answers for the data's classes, in their order.
void put_head_in_order(interop::ModelFile& file, const std::vector<std::string>& classes, const std::string& name) {
  const std::vector<int64_t> order = interop::match_classes(file.description, classes, name, way_out);
  if (order.empty()) return;
  const torch::Tensor rows = torch::tensor(order, torch::kLong);
  for (auto& [tensor_name, tensor] : file.tensors.tensors)
    if (tensor_name.starts_with("head.linear.")) tensor = tensor.index_select(0, rows);
}

}  // namespace

interop::ModelFile read_initial_weights(const config::InitOptions& init, const config::ModelOptions& model,
                                        const std::vector<std::string>& classes) {
  if (init.weights.empty()) return {};
  interop::OpenOptions options;
  options.model = plan::NamedModel{"/model", "custom", model, 0.0};
  options.head = init.new_head ? interop::Head::fresh : interop::Head::from_file;
  options.head_way_out = way_out;
  options.takes_pretrained = true;
  interop::ModelFile file = interop::open_model_file(init.weights, options);
  if (!init.new_head && file.has_head() && !classes.empty()) put_head_in_order(file, classes, init.weights);
  return file;
}

LoadedWeights fill_weights(nn::Classifier& model, uint64_t seed, const config::InitOptions& init,
                           const config::RecipeOptions& recipe, const std::vector<std::string>& classes) {
  const torch::NoGradGuard no_grad;
  nn::initialize(model, seed);
  for (nn::NamedTensor& item : nn::named_state(model))
    if (item.name.starts_with("head.linear.")) item.tensor.mul_(recipe.head_init_scale);
  const interop::ModelFile file = read_initial_weights(init, model.options(), classes);
  interop::copy_into(model, file.tensors);
  return {file.tensors.tensors.size(), file.has_head(), file.decoder_tensors};
}

}  // namespace staircase::train
