#include "staircase/interop/model_file.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/naming.h"
#include "staircase/formats/safetensors.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/formats/weights_file.h"
#include "staircase/interop/class_names.h"
#include "staircase/interop/resized_tables.h"
#include "staircase/interop/sparse_encoder.h"

namespace staircase::interop {
namespace {

const std::string model_key = "staircase.model", data_key = "staircase.data", recipe_key = "staircase.recipe",
                  classes_key = "staircase.classes", which_key = "staircase.weights";

/// The JSON under a key of the metadata; empty where there is none.
std::optional<config::Json> described(const formats::TensorFile& file, const std::string& key,
                                      const std::string& name) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) return std::nullopt;
  return config::parse_json(found->second, name + ": metadata " + key);
}

template <class Options>
void read_part(Options& options, const formats::TensorFile& file, const std::string& key, const std::string& name) {
  if (const auto json = described(file, key, name))
    options = config::read_options<Options>(*json, {name, "/" + std::string(Options::title)});
}

std::vector<std::string> read_class_names(const formats::TensorFile& file, const std::string& name) {
  std::vector<std::string> names;
  const auto json = described(file, classes_key, name);
  if (!json) return names;
  const config::Place place{name + ": metadata " + classes_key, ""};
  if (!json->is_array()) config::detail::refuse(*json, place, "a list of names");
  for (const config::Json& each : *json) {
    if (!each.is_string()) config::detail::refuse(each, place, "a list of names");
    names.push_back(each.get<std::string>());
  }
  return names;
}

KeyLayout layout_of(const formats::TensorFile& file, const std::string& name) {
  if (const auto layout = find_layout(file)) return *layout;
  throw RequestError(name + ": its " + std::to_string(file.tensors.size()) +
                     " tensors have the names of no known layout (staircase, torchvision, timm, official)" +
                     (file.tensors.empty() ? "" : "; the first is \"" + file.tensors[0].first + "\""));
}

/// The rows of the head and the columns of the first convolution, where the network leaves them open.
void fill_sizes(config::ModelOptions& model, const formats::TensorFile& file, KeyLayout layout) {
  for (const KeyMapping& mapping : map_keys(model, layout))
    for (const auto& [name, tensor] : file.tensors) {
      if (name != mapping.theirs) continue;
      if (mapping.ours == "head.linear.weight" && model.num_classes == 0 && tensor.dim() > 0)
        model.num_classes = tensor.size(0);
      if (mapping.ours == "stem.conv.weight" && model.in_channels == 0 && tensor.dim() > 1)
        model.in_channels = tensor.size(1);
    }
}

/// What the file's position table is made for, where the network leaves it open.
void fill_image_size(config::ModelOptions& model, const formats::TensorFile& file, KeyLayout layout,
                     const std::string& name) {
  if (model.image_size_px != 0 || layout == KeyLayout::staircase || !plan::has_position_table(model)) return;
  model.image_size_px = guess_model(file, layout, name).image_size_px;
}

void check_wanted(const config::ModelOptions& found, plan::NamedModel wanted, const OpenOptions& options,
                  const std::string& name) {
  if (wanted.options.num_classes == 0 || options.head != Head::from_file)
    wanted.options.num_classes = found.num_classes;
  if (wanted.options.in_channels == 0) wanted.options.in_channels = found.in_channels;
  wanted.options.initialization = found.initialization;  // says nothing about weights that are there
  if (wanted.options.layer_scale_init != 0 && found.layer_scale_init != 0)
    wanted.options.layer_scale_init = found.layer_scale_init;
  if (wanted.options.image_size_px == 0) wanted.options.image_size_px = found.image_size_px;
  std::vector<config::Difference> differences;
  for (const config::Difference& each : config::diff_options(found, wanted.options))
    if (!is_table_size(each, found, wanted.options)) differences.push_back(each);
  if (differences.empty()) return;
  const bool head_only = differences.size() == 1 && differences[0].pointer == "/model/num_classes";
  std::vector<std::string> others;
  for (size_t i = 1; i < differences.size(); ++i)
    others.push_back(differences[i].pointer + " " + differences[i].a.dump() + " and " + differences[i].b.dump());
  throw RequestError(name + ": holds another network than " + wanted.name + ": " + differences[0].pointer + " is " +
                     differences[0].a.dump() + " in the file and " + differences[0].b.dump() +
                     " in the network asked for" + (others.empty() ? "" : ", " + join(others)) +
                     (head_only && !options.head_way_out.empty() ? "; " + options.head_way_out : ""));
}

/// The images and windows that the network asked for is made for; the file's tables are resized to them.
void take_table_sizes(config::ModelOptions& model, const config::ModelOptions& wanted) {
  for (const config::Difference& each : config::diff_options(model, wanted)) {
    if (!is_table_size(each, model, wanted)) continue;
    if (wanted.image_size_px != 0) model.image_size_px = wanted.image_size_px;
    model.kernel_size = wanted.kernel_size;
  }
}

config::ModelOptions model_of(const formats::TensorFile& file, KeyLayout layout, const OpenOptions& options,
                              const std::string& name) {
  config::ModelOptions model;
  if (const auto json = described(file, model_key, name)) {
    model = config::read_options<config::ModelOptions>(*json, {name + ": metadata " + model_key, "/model"});
    if (options.model) {
      check_wanted(model, *options.model, options, name);
      if (options.head != Head::from_file) model.num_classes = options.model->options.num_classes;
      take_table_sizes(model, options.model->options);
    }
  } else if (options.model) {
    model = options.model->options;
    fill_sizes(model, file, layout);
    fill_image_size(model, file, layout, name);
  } else {
    model = guess_model(file, layout, name);
  }
  return model;
}

/// What is opened of a file of masked autoencoding, where it is taken at all.
OpenOptions without_head(OpenOptions options, const std::string& name) {
  if (!options.takes_pretrained)
    throw RequestError(name +
                       ": was pretrained by masked autoencoding and has no head, so it names no classes; a run with "
                       "/init/weights trains it further");
  options.head = Head::none;
  return options;
}

size_t count_decoder_tensors(const formats::TensorFile& file) {
  return static_cast<size_t>(std::count_if(file.tensors.begin(), file.tensors.end(),
                                           [](const auto& tensor) { return tensor.first.starts_with("decoder."); }));
}

ModelFile describe_and_rename(const formats::TensorFile& given, const std::string& name, const OpenOptions& asked) {
  ModelFile opened;
  ModelDescription& description = opened.description;
  const std::optional<formats::TensorFile> pretrained = dense_encoder(given);
  const formats::TensorFile& file = pretrained ? *pretrained : given;
  read_part(description.recipe, file, recipe_key, name);
  if (pretrained) description.recipe.task = config::TaskKind::masked_autoencoding;
  const OpenOptions options = opened.has_head() ? asked : without_head(asked, name);
  if (pretrained) opened.decoder_tensors = given.tensors.size() - file.tensors.size();
  else if (!opened.has_head()) opened.decoder_tensors = count_decoder_tensors(file);
  description.layout = layout_of(file, name);
  description.model = model_of(file, description.layout, options, name);
  const int64_t imagenet_size_px = 224;
  description.data.image_size_px =
      description.model.image_size_px != 0 ? description.model.image_size_px : imagenet_size_px;
  // ViTs that Google and timm trained; DeiT, whose files look alike, has ImageNet's.
  if (options.model && options.model->family == "vit" && description.layout != KeyLayout::torchvision)
    description.data.mean = description.data.std = {0.5, 0.5, 0.5};
  read_part(description.data, file, data_key, name);
  description.class_names = read_class_names(file, name);
  // Files from elsewhere name no classes; those with a thousand are ImageNet's, in its order.
  if (description.class_names.empty() && description.layout != KeyLayout::staircase &&
      description.model.num_classes == static_cast<int64_t>(imagenet_classes().size()))
    description.class_names = imagenet_classes();
  opened.tensors = to_staircase(file, description.model, description.layout, name, options.head, options.head_way_out);
  return opened;
}

}  // namespace

ModelFile open_model_file(const std::filesystem::path& path, const OpenOptions& options) {
  const std::string name = path.string();
  const formats::TensorFile file = formats::read_weights(path, options.key);
  try {
    return describe_and_rename(file, name, options);
  } catch (const RequestError& error) {
    // What is wrong between a network and a layout does not know the file.
    if (std::string(error.what()).starts_with(name)) throw;
    throw RequestError(name + ": " + error.what());
  }
}

std::shared_ptr<nn::Classifier> build_model(const ModelFile& file) {
  auto model =
      std::make_shared<nn::Classifier>(file.description.model, plan::square(file.description.data.image_size_px));
  copy_into(*model, file.tensors);
  model->eval();
  return model;
}

void load_autoencoder(nn::MaskedAutoencoder& network, const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  const std::string name = path.string();
  const formats::TensorFile file = formats::read_weights(path, {});
  ModelFile described;
  read_part(described.description.recipe, file, recipe_key, name);
  read_part(described.description.model, file, model_key, name);
  if (described.has_head())
    throw RequestError(name + ": was not pretrained by masked autoencoding, so it has no decoder");
  OpenOptions options;
  options.head = Head::none;
  check_wanted(described.description.model, {"/model", "custom", network.options(), 0.0}, options, name);
  const std::map<std::string, torch::Tensor> tensors(file.tensors.begin(), file.tensors.end());
  for (nn::NamedTensor& item : nn::named_state(network)) {
    const auto found = tensors.find(item.name);
    if (found == tensors.end() || found->second.sizes() != item.tensor.sizes())
      throw RequestError(name + ": holds another network than /model and /recipe/decoder_width: " + item.name + " is " +
                         (found == tensors.end() ? "missing" : formats::shape_text(found->second.sizes())) +
                         " instead of " + formats::shape_text(item.tensor.sizes()));
    item.tensor.copy_(found->second);
  }
}

std::map<std::string, std::string> describe_model(const ModelDescription& d, const std::string& which) {
  std::map<std::string, std::string> metadata{{"format", "pt"},
                                              {model_key, config::write_options(d.model).dump()},
                                              {data_key, config::write_options(d.data).dump()},
                                              {recipe_key, config::write_options(d.recipe).dump()}};
  if (!d.class_names.empty()) metadata[classes_key] = config::Json(d.class_names).dump();
  if (!which.empty()) metadata[which_key] = which;
  return metadata;
}

void write_model_file(const std::filesystem::path& path, const nn::Classifier& model,
                      const config::Configuration& configuration, const std::vector<std::string>& class_names,
                      const std::string& which) {
  formats::TensorFile file;
  for (const auto& item : nn::named_state(model))
    file.tensors.emplace_back(item.name, item.tensor.detach().to(torch::kCPU));
  ModelDescription description{model.options(), KeyLayout::staircase, configuration.data,
                               config::deciding_recipe(configuration.recipe), class_names};
  file.metadata = describe_model(description, which);
  formats::write_safetensors(path, file);
}

}  // namespace staircase::interop
