#include "staircase/formats/safetensors_header.h"

#include <algorithm>
#include <array>
#include <utility>

#include "staircase/config/json.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

using config::Json;

constexpr size_t max_dimensions = 64;
constexpr const char* metadata_key = "__metadata__";

struct DtypeName {
  const char* name;
  torch::ScalarType type;
};
const std::array<DtypeName, 10> dtype_names{{{"F64", torch::kDouble},
                                             {"F32", torch::kFloat},
                                             {"F16", torch::kHalf},
                                             {"BF16", torch::kBFloat16},
                                             {"I64", torch::kLong},
                                             {"I32", torch::kInt},
                                             {"I16", torch::kShort},
                                             {"I8", torch::kChar},
                                             {"U8", torch::kByte},
                                             {"BOOL", torch::kBool}}};

/// Takes the header apart while it is parsed, so that a hostile one never becomes a tree in memory.
class HeaderHandler {
 public:
  HeaderHandler(SafetensorsHeader& header, const std::string& file) : header_(header), file_(file) {}

  bool null() { return unexpected("null"); }
  bool boolean(bool) { return unexpected("true or false"); }
  bool number_integer(int64_t value) { return unexpected(std::to_string(value)); }
  bool number_float(double, const std::string& text) { return unexpected(text); }
  bool binary(Json::binary_t&) { return unexpected("binary"); }
  bool number_unsigned(uint64_t value) {
    if (in_ == In::offsets && offsets_ < 2) {
      (offsets_++ == 0 ? entry().begin : entry().end) = value;
      return true;
    }
    if (in_ != In::shape || value > INT64_MAX) return unexpected(std::to_string(value));
    if (entry().shape.size() == max_dimensions) fail("has more than 64 dimensions");
    entry().shape.push_back(static_cast<int64_t>(value));
    return true;
  }
  bool string(std::string& value) {
    if (in_ == In::metadata) return store_metadata(value);
    if (in_ != In::entry || key_ != "dtype") return unexpected(quoted_name(value));
    const auto known = std::find_if(dtype_names.begin(), dtype_names.end(),
                                    [&](const DtypeName& dtype) { return value == dtype.name; });
    if (known == dtype_names.end())
      fail("is of the unknown dtype " + quoted_name(value) +
           ", known are F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL");
    entry().type = known->type;
    return true;
  }
  bool start_object(size_t) {
    if (in_ == In::nothing) {
      in_ = In::root;
    } else if (in_ == In::root) {
      in_ = name_ == metadata_key ? In::metadata : In::entry;
      if (in_ == In::entry) start_entry();
      else if (std::exchange(metadata_seen_, true)) fail("stands twice");
    } else {
      return unexpected("an object");
    }
    return true;
  }
  bool end_object() {
    if (in_ == In::entry && !(has_dtype_ && has_shape_ && has_offsets_))
      fail("lacks one of dtype, shape, data_offsets");
    in_ = in_ == In::root ? In::nothing : In::root;
    return true;
  }
  bool start_array(size_t) {
    if (in_ != In::entry || key_ == "dtype") return unexpected("a list");
    in_ = key_ == "shape" ? In::shape : In::offsets;
    return true;
  }
  bool end_array() {
    if (in_ == In::offsets && offsets_ != 2) fail("has data_offsets that are not two numbers");
    in_ = In::entry;
    return true;
  }
  bool key(std::string& value) {
    if (in_ == In::root) {
      name_ = value;
    } else {
      key_ = value;
      if (in_ == In::entry) mark_field();
    }
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) {
    const std::string what = error.what();
    const size_t start = what.find("] ") + 2;  // after "[json.exception.parse_error.101] "
    throw RequestError(file_ + ": its header is not JSON: " + what.substr(start, 200));
  }

 private:
  enum class In { nothing, root, entry, metadata, shape, offsets };

  SafetensorsEntry& entry() { return header_.entries.back(); }

  [[noreturn]] void fail(const std::string& what) const {
    throw RequestError(file_ + ": " + quoted_name(name_) + " " + what);
  }
  bool unexpected(const std::string& found) const {
    const std::string what = in_ == In::nothing    ? "an object of tensors"
                             : in_ == In::root     ? "an object with dtype, shape, data_offsets"
                             : in_ == In::metadata ? "a text for every key"
                             : in_ == In::shape    ? "integers from 0 for shape"
                             : in_ == In::offsets  ? "two integers from 0 for data_offsets"
                             : key_ == "dtype"     ? "a text for dtype"
                                                   : "a list for " + key_;
    if (in_ == In::nothing) throw RequestError(file_ + ": its header holds " + found + ", allowed is " + what);
    fail("holds " + found + ", allowed is " + what);
  }
  bool store_metadata(const std::string& value) {
    if (!header_.metadata.emplace(key_, value).second) fail("holds " + quoted_name(key_) + " twice");
    return true;
  }
  void start_entry() {
    if (header_.entries.size() == max_tensors)
      throw RequestError(file_ + ": holds more than " + std::to_string(max_tensors) +
                         " tensors, which is the most allowed");
    header_.entries.push_back({name_, torch::kFloat, {}, 0, 0});
    has_dtype_ = has_shape_ = has_offsets_ = false;
    offsets_ = 0;
  }
  void mark_field() {
    bool* seen = key_ == "dtype"          ? &has_dtype_
                 : key_ == "shape"        ? &has_shape_
                 : key_ == "data_offsets" ? &has_offsets_
                                          : nullptr;
    if (seen == nullptr) fail("holds the unknown field " + quoted_name(key_));
    if (std::exchange(*seen, true)) fail("holds the field " + quoted_name(key_) + " twice");
  }

  SafetensorsHeader& header_;
  const std::string& file_;
  In in_ = In::nothing;
  std::string name_, key_;
  int offsets_ = 0;
  bool has_dtype_ = false, has_shape_ = false, has_offsets_ = false, metadata_seen_ = false;
};

using Order = std::vector<const SafetensorsEntry*>;

void check_names(Order order, const std::string& file) {
  std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->name < b->name; });
  const auto twice =
      std::adjacent_find(order.begin(), order.end(), [](auto* a, auto* b) { return a->name == b->name; });
  if (twice != order.end())
    throw RequestError(file + ": " + quoted_name((*twice)->name) + " stands twice in the header");
}

void check_size(const SafetensorsEntry& entry, uint64_t data_size, const std::string& file) {
  const std::string place = file + ": " + quoted_name(entry.name) + " ";
  std::string range = "[";  // built by +=, since GCC 12 warns about "[" + std::to_string(...)
  range += std::to_string(entry.begin) + ", " + std::to_string(entry.end) + "]";
  if (entry.begin > entry.end || entry.end > data_size)
    throw RequestError(place + "has data_offsets " + range + ", which do not lie within the " +
                       std::to_string(data_size) + " bytes of data");
  const int64_t count = checked_count(entry.shape);
  if (count < 0) throw RequestError(place + "has the impossible shape " + shape_text(entry.shape));
  const uint64_t wanted = static_cast<uint64_t>(count) * element_size(entry.type);
  if (wanted != entry.end - entry.begin)
    throw RequestError(place + "has data_offsets " + range + ", but its shape " + shape_text(entry.shape) + " of " +
                       *safetensors_dtype(entry.type) + " takes " + std::to_string(wanted) + " bytes");
}

void check_cover(Order order, uint64_t data_size, const std::string& file) {
  std::sort(order.begin(), order.end(),
            [](auto* a, auto* b) { return std::pair(a->begin, a->end) < std::pair(b->begin, b->end); });
  uint64_t reached = 0;
  for (const SafetensorsEntry* entry : order) {
    if (entry->begin != reached)
      throw RequestError(file + ": " + quoted_name(entry->name) + " begins at byte " + std::to_string(entry->begin) +
                         " of the data, but the tensor before it " +
                         (entry->begin < reached ? "overlaps it and " : "leaves a hole: it ") + "ends at byte " +
                         std::to_string(reached));
    reached = entry->end;
  }
  if (reached != data_size)
    throw RequestError(file + ": its last tensor ends at byte " + std::to_string(reached) +
                       " of the data, but there are " + std::to_string(data_size) + " bytes");
}

}  // namespace

std::optional<std::string> safetensors_dtype(torch::ScalarType type) {
  for (const DtypeName& dtype : dtype_names)
    if (dtype.type == type) return dtype.name;
  return std::nullopt;
}

SafetensorsHeader parse_safetensors_header(std::string_view text, uint64_t data_size, const std::string& file) {
  SafetensorsHeader header;
  HeaderHandler handler(header, file);
  Json::sax_parse(text, &handler);
  Order order;
  for (const SafetensorsEntry& entry : header.entries) order.push_back(&entry);
  check_names(order, file);
  for (const SafetensorsEntry& entry : header.entries) check_size(entry, data_size, file);
  check_cover(order, data_size, file);
  return header;
}

std::string safetensors_header_text(const SafetensorsHeader& header) {
  std::string text = "{";
  const auto key = [&](const std::string& name) {
    if (text.back() != '{') text += ',';
    text += Json(name).dump() + ":";
  };
  if (!header.metadata.empty()) {
    key(metadata_key);
    text += Json(header.metadata).dump();
  }
  for (const SafetensorsEntry& entry : header.entries) {
    key(entry.name);
    text += "{\"dtype\":\"" + *safetensors_dtype(entry.type) + "\",\"shape\":" + Json(entry.shape).dump() +
            ",\"data_offsets\":[" + std::to_string(entry.begin) + "," + std::to_string(entry.end) + "]}";
  }
  return text + "}";
}

}  // namespace staircase::formats
