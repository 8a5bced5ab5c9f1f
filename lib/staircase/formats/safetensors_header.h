#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace staircase::formats {

/// One tensor's line in the header. `begin` and `end` count from the first byte of the data.
struct SafetensorsEntry {
  std::string name;
  torch::ScalarType type = torch::kFloat;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// The JSON at the head of a .safetensors file.
struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// "F32" for float, and so on; nothing for a type that the format does not have.
std::optional<std::string> safetensors_dtype(torch::ScalarType type);

/// Parses and validates a header: strict JSON, known dtypes, sizes that match the shapes, and
/// tensors that together cover `data_size` bytes without a hole or an overlap.
/// Throws RequestError naming `file` and the tensor.
SafetensorsHeader parse_safetensors_header(std::string_view text, uint64_t data_size, const std::string& file);

/// The header's JSON without white space: metadata first, then the tensors in their order.
std::string safetensors_header_text(const SafetensorsHeader& header);

}  // namespace staircase::formats
