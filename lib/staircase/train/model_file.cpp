#include "staircase/train/model_file.h"

#include <map>

#include "staircase/base/errors.h"
#include "staircase/interop/safetensors.h"

namespace staircase::train {
namespace {

const std::string model_key = "staircase.model", data_key = "staircase.data", recipe_key = "staircase.recipe",
                  classes_key = "staircase.classes",
                  which_key = "staircase.weights";

config::Json metadata_json(const interop::TensorFile& file, const std::string& key, const std::string& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw RequestError(path + ": has no \"" + key + "\" in its metadata, so it was not written by a training run of ours");
  return config::parse_json(found->second, path + ": metadata " + key);
}

}  // namespace

void write_model_file(const std::filesystem::path& path, const nn::Classifier& model,
                        const config::Configuration& configuration, const std::vector<std::string>& class_names,
                        const std::string& which) {
  interop::TensorFile file;
  for (const auto& item : nn::named_state(model))
    file.tensors.emplace_back(item.name, item.tensor.detach().to(torch::kCPU));
  file.metadata = {{"format", "pt"},
                   {model_key, config::write_options(model.options()).dump()},
                   {data_key, config::write_options(configuration.data).dump()},
                   {recipe_key, config::write_options(configuration.recipe).dump()},
                   {classes_key, config::Json(class_names).dump()},
                   {which_key, which}};
  interop::write_safetensors(path, file);
}

LoadedModel read_model_file(const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  const interop::TensorFile file = interop::read_safetensors(path);
  const std::string name = path.string();
  LoadedModel loaded;
  loaded.class_names = metadata_json(file, classes_key, name).get<std::vector<std::string>>();
  loaded.data = config::read_options<config::DataOptions>(metadata_json(file, data_key, name), {name, "/data"});
  loaded.recipe = config::read_options<config::RecipeOptions>(metadata_json(file, recipe_key, name), {name, "/recipe"});
  const auto options =
      config::read_options<config::ModelOptions>(metadata_json(file, model_key, name), {name, "/model"});
  loaded.model = std::make_shared<nn::Classifier>(options);
  const std::map<std::string, torch::Tensor> tensors(file.tensors.begin(), file.tensors.end());
  for (auto& item : nn::named_state(*loaded.model)) {
    const auto found = tensors.find(item.name);
    if (found == tensors.end() || found->second.sizes() != item.tensor.sizes())
      throw RequestError(name + ": the tensor " + item.name + " is " +
                         (found == tensors.end() ? "missing" : "of another shape than its model's"));
    item.tensor.copy_(found->second);
  }
  loaded.model->eval();
  return loaded;
}

}  // namespace staircase::train
