#include "staircase/data/mat_file.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>

#include "staircase/base/errors.h"

namespace staircase::data {
namespace {

constexpr size_t header_bytes = 128, most_inflated = size_t{256} << 20;

/// Types of data, as the format numbers them.
enum MatType : uint32_t {
  mat_int8 = 1,
  mat_uint8,
  mat_int16,
  mat_uint16,
  mat_int32,
  mat_uint32,
  mat_single,
  mat_double = 9,
  mat_int64 = 12,
  mat_uint64,
  mat_matrix,
  mat_compressed,
  mat_utf8
};
enum MatClass : uint32_t { mat_struct = 2, mat_char = 4, mat_first_number = 6, mat_last_number = 15 };

struct MatElement {
  uint32_t type = 0;
  std::string_view data;
};

[[noreturn]] void fail_mat(const std::string& file, const std::string& fault) {
  throw RequestError(file + ": " + fault);
}

template <class T>
T number_at(std::string_view data, size_t at) {
  T value{};
  std::memcpy(&value, data.data() + at * sizeof(T), sizeof(T));
  return value;
}

/// Elements one after the other, each held to the end of what it stands in.
class MatReader {
 public:
  MatReader(std::string_view bytes, const std::string& file) : rest_(bytes), file_(file) {}

  bool at_end() const { return rest_.size() < 8; }

  MatElement next() {
    if (at_end()) fail_mat(file_, "is cut short");
    const auto word = number_at<uint32_t>(rest_, 0);
    if (const uint32_t bytes = word >> 16) {  // at most four, in the tag itself
      if (bytes > 4) fail_mat(file_, "is damaged");
      const MatElement element{word & 0xffffU, rest_.substr(4, bytes)};
      rest_.remove_prefix(8);
      return element;
    }
    const size_t bytes = number_at<uint32_t>(rest_, 1);
    rest_.remove_prefix(8);
    if (bytes > rest_.size()) fail_mat(file_, "is cut short");
    const MatElement element{word, rest_.substr(0, bytes)};
    const size_t padded = word == mat_compressed ? bytes : (bytes + 7) / 8 * 8;
    rest_.remove_prefix(std::min(padded, rest_.size()));
    return element;
  }

 private:
  std::string_view rest_;
  const std::string& file_;
};

std::string inflate_all(std::string_view bytes, const std::string& file) {
  for (size_t size = std::max<size_t>(bytes.size() * 8, 4096); size <= most_inflated; size *= 2) {
    std::string inflated(size, '\0');
    uLongf length = inflated.size();
    const int status = ::uncompress(reinterpret_cast<Bytef*>(inflated.data()), &length,
                                    reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    if (status == Z_OK) return inflated.substr(0, length);
    if (status != Z_BUF_ERROR) break;
  }
  fail_mat(file, "is damaged: what is compressed in it cannot be read");
}

double first_number(const MatElement& element) {
  const auto as = [&]<class T>(T) {
    return element.data.size() < sizeof(T) ? 0.0 : static_cast<double>(number_at<T>(element.data, 0));
  };
  switch (element.type) {
    case mat_int8: return as(int8_t{});
    case mat_uint8: return as(uint8_t{});
    case mat_int16: return as(int16_t{});
    case mat_uint16: return as(uint16_t{});
    case mat_int32: return as(int32_t{});
    case mat_uint32: return as(uint32_t{});
    case mat_single: return as(float{});
    case mat_double: return as(double{});
    case mat_int64: return as(int64_t{});
    case mat_uint64: return as(uint64_t{});
    default: return 0;
  }
}

std::string text_of(const MatElement& element) {
  if (element.type == mat_utf8) return std::string(element.data);
  const bool wide = element.type == mat_uint16 || element.type == mat_int16;
  std::string text;
  for (size_t i = 0; i < element.data.size() / (wide ? 2 : 1); ++i) {
    const unsigned code = wide ? number_at<uint16_t>(element.data, i) : number_at<uint8_t>(element.data, i);
    text += code < 128 ? static_cast<char>(code) : '?';
  }
  return text;
}

/// The head of an array: its class, how many elements it has, and what follows.
struct MatArray {
  MatArray(std::string_view data, const std::string& file) : rest(data, file) {
    const MatElement flags = rest.next(), dimensions = rest.next();
    rest.next();  // its name
    if (flags.data.size() < 4 || dimensions.data.size() % 4 != 0) fail_mat(file, "is damaged");
    array_class = number_at<uint32_t>(flags.data, 0) & 0xffU;
    for (size_t i = 0; i < dimensions.data.size() / 4; ++i) {
      const auto length = number_at<int32_t>(dimensions.data, i);
      if (length < 0 || length > 1'000'000 || (elements *= static_cast<size_t>(length)) > 1'000'000)
        fail_mat(file, "is damaged or too large");
    }
  }

  uint32_t array_class = 0;
  size_t elements = 1;
  MatReader rest;
};

MatValue value_of(const MatElement& element, const std::string& file) {
  if (element.type != mat_matrix || element.data.empty()) return {};
  MatArray array(element.data, file);
  if (array.elements == 0) return {};
  if (array.array_class == mat_char) return text_of(array.rest.next());
  if (array.array_class >= mat_first_number && array.array_class <= mat_last_number)
    return first_number(array.rest.next());
  return {};
}

std::optional<MatTable> table_of(const MatElement& element, const std::string& file) {
  if (element.type != mat_matrix) return std::nullopt;
  MatArray array(element.data, file);
  if (array.array_class != mat_struct) return std::nullopt;
  const MatElement length = array.rest.next(), names = array.rest.next();
  const double each = first_number(length);
  if (!(each >= 1 && each <= 64)) fail_mat(file, "is damaged");
  const auto width = static_cast<size_t>(each);
  MatTable table;
  for (size_t at = 0; at + width <= names.data.size(); at += width) {
    const std::string_view name = names.data.substr(at, width);
    table.fields.emplace_back(name.substr(0, name.find('\0')));
  }
  for (size_t row = 0; row < array.elements; ++row) {
    auto& values = table.rows.emplace_back();
    for (size_t i = 0; i < table.fields.size(); ++i) values.push_back(value_of(array.rest.next(), file));
  }
  return table;
}

}  // namespace

MatTable read_mat_table(std::string_view bytes, const std::string& file) {
  if (bytes.size() < header_bytes || bytes.substr(126, 2) != "IM")
    fail_mat(file, "is no MAT-file of version 5 in little endian");
  MatReader reader(bytes.substr(header_bytes), file);
  while (!reader.at_end()) {
    MatElement element = reader.next();
    std::string inflated;
    if (element.type == mat_compressed) {
      inflated = inflate_all(element.data, file);
      element = MatReader(inflated, file).next();
    }
    if (const auto table = table_of(element, file)) return *table;
  }
  fail_mat(file, "has no array of structs");
}

}  // namespace staircase::data
