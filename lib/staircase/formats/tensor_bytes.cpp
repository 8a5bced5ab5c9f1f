#include "staircase/formats/tensor_bytes.h"

#include <zlib.h>

#include <algorithm>
#include <stdexcept>

#include "staircase/base/printable.h"

namespace staircase::formats {

size_t element_size(torch::ScalarType type) { return c10::elementSize(type); }

torch::Tensor row_major(const torch::Tensor& tensor, const std::string& name) {
  if (!tensor.defined() || tensor.layout() != torch::kStrided || tensor.is_quantized())
    throw std::invalid_argument("the tensor " + quoted_name(name) +
                                " cannot be written: only dense, defined tensors can");
  return tensor.detach().resolve_neg().to(torch::kCPU).contiguous();
}

std::string_view bytes_of(const torch::Tensor& tensor) {
  return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

uint32_t crc32(std::string_view bytes, uint32_t seed) {
  if (bytes.empty()) return seed;  // zlib answers 0 to a null pointer, whatever came before
  return static_cast<uint32_t>(::crc32_z(seed, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

std::string quoted_name(const std::string& name) {
  std::string text = "\"";  // += since GCC 12 warns about "\"" + ...
  return text.append(printable(name)).append("\"");
}

std::string printable(const std::string& name) {
  const std::string shown = name.size() <= 60 ? name : name.substr(0, 57) + "...";
  return staircase::printable(shown);
}

int64_t checked_count(torch::IntArrayRef sizes) {
  constexpr int64_t most = int64_t{1} << 59;
  int64_t product = 1;
  bool empty = false;
  for (int64_t size : sizes) {
    if (size < 0 || std::max<int64_t>(size, 1) > most / product) return -1;
    product *= std::max<int64_t>(size, 1);
    empty = empty || size == 0;
  }
  return empty ? 0 : product;
}

std::string shape_text(torch::IntArrayRef sizes) {
  std::string text;
  for (int64_t size : sizes) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

}  // namespace staircase::formats
