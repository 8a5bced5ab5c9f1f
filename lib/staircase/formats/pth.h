#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "staircase/formats/tensor_file.h"

namespace staircase::formats {

/// Reads a state dict from a .pth or .pt file as torch.save writes it since PyTorch 1.6 (a zip).
/// The state dict is a dict or OrderedDict under `key`; without a key under "model", "model_ema",
/// "state_dict" or "model_state_dict" (the first that holds a tensor), else the value itself.
/// Entries that are no tensors are skipped, Parameters are their tensors, a "module." before a name
/// is dropped. Tensors keep type, strides and shared storages; their data is not copied (see
/// TensorFile). Nothing in the file is executed, and a class that no weights file needs is refused.
/// Memory: at most twice the file's size and 4 MiB. Checks the CRC of every entry it reads.
/// Throws RequestError naming the file and the place.
TensorFile read_pth(const std::filesystem::path& path, const std::optional<std::string>& key = std::nullopt);

/// Writes an OrderedDict of row-major tensors that torch.load(weights_only=True) reads, whole or
/// not at all, the same bytes for the same content. Metadata goes into an entry of its own, which
/// Python ignores and read_pth returns. Throws std::invalid_argument naming the tensor, or
/// std::runtime_error naming the path.
void write_pth(const std::filesystem::path& path, const TensorFile& content);

}  // namespace staircase::formats
