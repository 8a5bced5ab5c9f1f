#pragma once

#include <torch/types.h>

#include <string>
#include <string_view>

namespace staircase::formats {

/// Tensors that one file may hold.
inline constexpr size_t max_tensors = 65536;

/// Bytes of one element.
size_t element_size(torch::ScalarType type);

/// The tensor's elements in row-major order on the CPU: the tensor itself where they lie so
/// already, else a copy. Throws std::invalid_argument naming the tensor when it is undefined or not
/// dense.
torch::Tensor row_major(const torch::Tensor& tensor, const std::string& name);

/// The memory of a row-major CPU tensor; valid as long as the tensor.
std::string_view bytes_of(const torch::Tensor& tensor);

/// CRC-32 as zip files and PNG use it; `seed` is the CRC of what came before.
uint32_t crc32(std::string_view bytes, uint32_t seed = 0);

/// A name from a file for a message: control characters escaped, at most about 60 characters.
std::string printable(const std::string& name);
/// The same in quotes.
std::string quoted_name(const std::string& name);

/// The product of the sizes, every size taken as at least 1 for the check, or -1 when a size is
/// negative or the product passes 2^59: then no byte count or stride can overflow.
int64_t checked_count(torch::IntArrayRef sizes);

/// "[2, 3]".
std::string shape_text(torch::IntArrayRef sizes);

}  // namespace staircase::formats
