#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "staircase/config/fields.h"
#include "staircase/config/model_options.h"
#include "staircase/formats/tensor_file.h"

namespace staircase::interop {

/// Whose names the tensors of a weights file bear. ResNets: torchvision's names, which timm shares.
enum class KeyLayout { staircase, torchvision, timm, official };

}  // namespace staircase::interop

template <>
inline constexpr std::array staircase::config::enum_names<staircase::interop::KeyLayout>{
    std::string_view("staircase"), std::string_view("torchvision"), std::string_view("timm"),
    std::string_view("official")};

namespace staircase::interop {

/// One tensor of a network: its name and shape here and in another layout. The two shapes hold the
/// same numbers in the same order (a linear layer is a 1x1 convolution).
struct KeyMapping {
  std::string ours, theirs;
  std::vector<int64_t> our_shape, their_shape;
  bool is_counter = false;  ///< BatchNorm's num_batches_tracked: files may leave it out
};

/// Every parameter and buffer of a network, in the order in which it runs.
/// Throws RequestError when the layout has no names for such a network, naming the field that
/// keeps it from being of a published family.
std::vector<KeyMapping> map_keys(const config::ModelOptions& model, KeyLayout layout);

/// The layout that a file's names belong to; empty: none that is known.
std::optional<KeyLayout> find_layout(const formats::TensorFile& file);

/// The network that a file holds, told from the names and shapes of its tensors; num_classes and
/// in_channels are the file's. `name`: of the file, for messages.
/// Throws RequestError when the tensors do not tell (Staircase's own names leave activations open)
/// or are of a network that Staircase does not build.
config::ModelOptions guess_model(const formats::TensorFile& file, KeyLayout layout, const std::string& name);

}  // namespace staircase::interop
