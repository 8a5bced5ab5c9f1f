#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "staircase/formats/tensor_file.h"

namespace staircase::formats {

/// Reads a weights file of either format; what it is shows in its first bytes, not in its name.
/// `key`: see read_pth; a .safetensors file has no keys, so there it must be left out.
/// Throws RequestError naming the file and the place.
TensorFile read_weights(const std::filesystem::path& path, const std::optional<std::string>& key = std::nullopt);

/// CRC-32 of a whole file. Throws RequestError when it cannot be read.
uint32_t file_crc32(const std::filesystem::path& path);

/// Throws RequestError for an extension that write_weights does not write.
void check_weights_extension(const std::filesystem::path& path);

/// Writes .safetensors, .pth or .pt, as the path's extension says.
/// Throws RequestError for any other extension; else as write_safetensors and write_pth do.
void write_weights(const std::filesystem::path& path, const TensorFile& content);

}  // namespace staircase::formats
