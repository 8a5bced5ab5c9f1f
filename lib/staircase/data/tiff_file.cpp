#include "staircase/data/tiff_file.h"

#include <map>
#include <vector>

#include "staircase/data/image_bytes.h"

namespace staircase::data {
namespace {

enum Tag : uint32_t {
  width_tag = 256,
  height_tag = 257,
  bits_tag = 258,
  color_tag = 262,
  strip_offsets = 273,
  strip_bytes = 279,
  tile_offsets = 324,
  tile_bytes = 325,
  extra_samples = 338,
  sample_format = 339,
};

constexpr const char* cut_short = "is cut short: it names bytes behind its end";

struct CutShort {};

/// The entries of the first directory that are whole numbers.
class Directory {
 public:
  explicit Directory(std::string_view bytes) : bytes_(bytes), big_(bytes[0] == 'M') {
    const uint64_t start = number(4, 4), count = number(start, 2);
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t entry = start + 2 + 12 * i;
      const uint64_t type = number(entry + 2, 2), values = number(entry + 4, 4);
      const int size = type == 3 ? 2 : type == 4 ? 4 : type == 1 ? 1 : 0;
      if (size == 0) continue;  // texts, fractions
      const uint64_t at = static_cast<uint64_t>(size) * values <= 4 ? entry + 8 : number(entry + 8, 4);
      if (values > 0) number(at + static_cast<uint64_t>(size) * (values - 1), size);
      entries_[static_cast<uint32_t>(number(entry, 2))] = {at, values, size};
    }
  }

  bool has(Tag tag) const { return entries_.contains(tag); }
  std::vector<uint64_t> values(Tag tag) const {
    std::vector<uint64_t> list;
    if (const auto found = entries_.find(tag); found != entries_.end())
      for (uint64_t i = 0; i < found->second.count; ++i)
        list.push_back(number(found->second.at + i * static_cast<uint64_t>(found->second.size), found->second.size));
    return list;
  }
  uint64_t value(Tag tag, uint64_t otherwise) const {
    const auto all = values(tag);
    return all.empty() ? otherwise : all[0];
  }
  /// Where the first value of an entry ends that has its low byte there; 0: there is none.
  size_t low_byte(Tag tag) const {
    const auto found = entries_.find(tag);
    if (found == entries_.end() || found->second.count == 0) return 0;
    return static_cast<size_t>(found->second.at) + (big_ ? static_cast<size_t>(found->second.size) - 1 : 0);
  }

 private:
  struct Entry {
    uint64_t at, count;
    int size;
  };

  uint64_t number(uint64_t at, int size) const {
    if (at + static_cast<uint64_t>(size) > bytes_.size()) throw CutShort{};
    return big_ ? big_endian(bytes_, at, size) : little_endian(bytes_, at, size);
  }

  std::string_view bytes_;
  bool big_;
  std::map<uint32_t, Entry> entries_;
};

std::string fault_of(const Directory& page, uint64_t file_size) {
  for (const uint64_t bits : page.values(bits_tag))
    if (bits != 1 && bits != 8 && bits != 16)
      return "has " + std::to_string(bits) + " bits a sample, read are 1, 8 and 16";
  for (const uint64_t format : page.values(sample_format))
    if (format != 1) return "has samples that are no whole numbers from 0";
  const uint64_t color = page.value(color_tag, 1), lab = 8, log_luv = 32845;
  if ((color >= lab && color <= 10) || color == log_luv || color == log_luv - 1) return "has colors that are not read";
  const bool tiled = page.has(tile_offsets);
  const auto offsets = page.values(tiled ? tile_offsets : strip_offsets);
  const auto sizes = page.values(tiled ? tile_bytes : strip_bytes);
  if (offsets.empty() || offsets.size() != sizes.size()) return "does not say where its pixels are";
  for (size_t i = 0; i < offsets.size(); ++i)
    if (offsets[i] + sizes[i] > file_size) return cut_short;
  return {};
}

}  // namespace

bool is_tiff(std::string_view bytes) {
  const std::string_view start = bytes.substr(0, 4);
  return start == std::string_view("II*\0", 4) || start == std::string_view("MM\0*", 4) ||
         start == std::string_view("II+\0", 4) || start == std::string_view("MM\0+", 4);
}

ImageFileCheck check_tiff(std::string_view bytes) {
  if (bytes.substr(0, 4).find('+') != std::string_view::npos) return {"is a BigTIFF, which is not read"};
  try {
    const Directory page(bytes);
    ImageFileCheck check{fault_of(page, bytes.size())};
    check.width = static_cast<int64_t>(page.value(width_tag, 0));
    check.height = static_cast<int64_t>(page.value(height_tag, 0));
    if (check.fault.empty() && (check.width <= 0 || check.height <= 0)) check.fault = "declares no size";
    return check;
  } catch (const CutShort&) {
    return {cut_short};
  }
}

void keep_colors_of_tiff(std::string& bytes) {
  const char unassociated = 2, associated = 1;
  const size_t at = Directory(bytes).low_byte(extra_samples);
  if (at > 0 && bytes[at] == unassociated) bytes[at] = associated;
}

}  // namespace staircase::data
