#include "staircase/formats/safetensors.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <numeric>
#include <set>
#include <stdexcept>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/config/json.h"
#include "staircase/formats/mapped_file.h"
#include "staircase/formats/safetensors_header.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

constexpr const char* crc_key = "staircase.crc32";
constexpr uint64_t max_header_size = 100'000'000;  // the format's own limit
constexpr size_t alignment = 64;

std::string crc_text(uint32_t crc) {
  char text[9];
  std::snprintf(text, sizeof text, "%08x", crc);
  return text;
}

/// Places the tensors of larger elements first, so that each lies aligned without a hole.
std::vector<size_t> data_order(const TensorFile& content) {
  std::vector<size_t> order(content.tensors.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return content.tensors[a].second.element_size() > content.tensors[b].second.element_size();
  });
  return order;
}

SafetensorsHeader plan_header(const TensorFile& content) {
  SafetensorsHeader header;
  header.metadata = content.metadata;
  header.metadata.erase(crc_key);
  std::set<std::string> names{"__metadata__"};
  for (const auto& [name, tensor] : content.tensors) {
    if (!names.insert(name).second)
      throw std::invalid_argument("two tensors cannot both be written as " + quoted_name(name));
    if (!config::is_utf8(name)) throw std::invalid_argument("a tensor's name is not UTF-8");
    if (!tensor.defined() || !safetensors_dtype(tensor.scalar_type()))
      throw std::invalid_argument("the tensor " + quoted_name(name) + " is of no type that .safetensors can hold");
    header.entries.push_back({name, tensor.scalar_type(), tensor.sizes().vec(), 0, 0});
  }
  uint64_t reached = 0;
  for (size_t index : data_order(content)) {
    header.entries[index].begin = reached;
    reached += content.tensors[index].second.nbytes();
    header.entries[index].end = reached;
  }
  return header;
}

void check_crc(SafetensorsHeader& header, std::string_view data, const std::string& file) {
  const auto found = header.metadata.find(crc_key);
  if (found == header.metadata.end()) return;
  const std::string stored = found->second;
  header.metadata.erase(found);
  const std::string computed = crc_text(crc32(data, crc32(safetensors_header_text(header))));
  if (stored != computed)
    throw RequestError(file + ": /__metadata__/" + crc_key + " is " + quoted_name(stored) + " but the content's is \"" +
                       computed + "\": the file is damaged, or another program changed it and kept the key");
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const TensorFile& content) {
  SafetensorsHeader header = plan_header(content);
  const std::vector<size_t> order = data_order(content);
  uint32_t crc = crc32(safetensors_header_text(header));
  for (size_t index : order) {
    const auto& [name, tensor] = content.tensors[index];
    crc = crc32(bytes_of(row_major(tensor, name)), crc);
  }
  header.metadata[crc_key] = crc_text(crc);
  std::string text = safetensors_header_text(header);
  text.append((alignment - (8 + text.size()) % alignment) % alignment, ' ');
  write_file_atomically(path, [&](std::ostream& out) {
    const uint64_t length = text.size();
    out.write(reinterpret_cast<const char*>(&length), sizeof length);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    for (size_t index : order) {
      const torch::Tensor rows = row_major(content.tensors[index].second, "");
      const std::string_view bytes = bytes_of(rows);
      out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
  });
}

TensorFile read_safetensors(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  uint64_t length = 0;
  if (file->size() < sizeof length)
    throw RequestError(file->name() + ": is cut: " + std::to_string(file->size()) +
                       " bytes cannot hold the length of a .safetensors header");
  std::memcpy(&length, file->bytes().data(), sizeof length);
  if (length > max_header_size || length > file->size() - sizeof length)
    throw RequestError(file->name() + ": claims a header of " + std::to_string(length) + " bytes, but " +
                       std::to_string(file->size() - sizeof length) +
                       " follow its length: it is cut, or no .safetensors file");
  const std::string_view data = file->bytes().substr(sizeof length + length);
  SafetensorsHeader header =
      parse_safetensors_header(file->bytes().substr(sizeof length, length), data.size(), file->name());
  check_crc(header, data, file->name());
  TensorFile content;
  content.metadata = std::move(header.metadata);
  content.tensors.reserve(header.entries.size());
  for (SafetensorsEntry& entry : header.entries) {
    const torch::Tensor flat =
        file->tensor_at(sizeof length + length + entry.begin, checked_count(entry.shape), entry.type, entry.name);
    content.tensors.emplace_back(std::move(entry.name), flat.view(entry.shape));
  }
  return content;
}

}  // namespace staircase::formats
