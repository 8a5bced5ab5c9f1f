#pragma once

#include <filesystem>

#include "staircase/formats/tensor_file.h"

namespace staircase::formats {

/// Writes tensors and metadata as .safetensors: whole or not at all, row-major whatever the memory
/// format, the same bytes for the same content. Tensors of F64, F32, F16, BF16, I64, I32, I16, I8,
/// U8 and BOOL; names must differ. Tensor by tensor, so memory grows by one tensor at most.
/// The format has no checksum, so one of our own goes into the metadata as "staircase.crc32".
/// Throws std::invalid_argument naming the tensor, or std::runtime_error naming the path.
void write_safetensors(const std::filesystem::path& path, const TensorFile& content);

/// Reads a .safetensors file without copying its data (see TensorFile), in the order of its header.
/// Everything that the header claims is checked, and our checksum where there is one (it is not
/// part of the metadata returned). Throws RequestError naming the file and the place.
/// Source: https://github.com/huggingface/safetensors, section Format.
TensorFile read_safetensors(const std::filesystem::path& path);

}  // namespace staircase::formats
