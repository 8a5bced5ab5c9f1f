#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/config/configuration.h"
#include "staircase/interop/convert_keys.h"
#include "staircase/nn/masked_autoencoder.h"
#include "staircase/plan/named_models.h"

namespace staircase::interop {

/// What a weights file is of: a network that can be used without the run that trained it. Files from
/// elsewhere say only names and shapes; then data and recipe hold ImageNet's image size and
/// normalization and ConvNeXt's evaluation, and class_names is ImageNet's where they have its 1,000 classes, else empty.
struct ModelDescription {
  config::ModelOptions model;  ///< num_classes and in_channels are the file's
  KeyLayout layout = KeyLayout::staircase;
  config::DataOptions data;      ///< image size and normalization
  config::RecipeOptions recipe;  ///< how images are resized for evaluation
  std::vector<std::string> class_names;
};

/// A weights file with all tensors under our names.
struct ModelFile {
  ModelDescription description;
  formats::TensorFile tensors;
  size_t decoder_tensors = 0;  ///< of a file of masked autoencoding, left out

  /// False: pretrained by masked autoencoding, without a head and the final norm before it.
  bool has_head() const { return description.recipe.task != config::TaskKind::masked_autoencoding; }
};

struct OpenOptions {
  std::optional<plan::NamedModel> model;  ///< empty: told by the file's metadata or its tensors
  std::optional<std::string> key;         ///< of the state dict in a .pth, see formats::read_pth
  Head head = Head::from_file;
  bool takes_pretrained = false;  ///< also files of masked autoencoding; else they are refused
  std::string head_way_out;       ///< what the asker can do where only the classes do not fit; ends the message
};

/// Reads weights of either format in any layout. Throws RequestError: what read_weights throws, an
/// unknown layout, a network that cannot be told, one that is not options.model, tensors that do not fit.
ModelFile open_model_file(const std::filesystem::path& path, const OpenOptions& options = {});

/// The network of a file in evaluation mode, on the CPU.
std::shared_ptr<nn::Classifier> build_model(const ModelFile& file);

/// Gives a network of masked autoencoding the weights that a run of that task wrote, decoder included.
/// Throws RequestError naming the file: of another task or network, or with other tensors.
void load_autoencoder(nn::MaskedAutoencoder& network, const std::filesystem::path& path);

/// The metadata that makes a weights file describe itself. `which`: "ema" or "raw", if known.
std::map<std::string, std::string> describe_model(const ModelDescription& description, const std::string& which);

/// Writes weights.safetensors of a run: parameters and buffers under our names, with metadata.
/// Throws std::runtime_error naming the path.
void write_model_file(const std::filesystem::path& path, const nn::Classifier& model,
                      const config::Configuration& configuration, const std::vector<std::string>& class_names,
                      const std::string& which);

}  // namespace staircase::interop
