#include "staircase/data/idx.h"

#include <zlib.h>

#include <algorithm>
#include <string_view>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/data/image_bytes.h"
#include "staircase/data/packed_images.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

constexpr int64_t largest_side = 4096;

/// An open file, gzip or plain (zlib reads both alike).
class Input {
 public:
  explicit Input(const fs::path& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (!file_) throw RequestError(path.string() + ": cannot be read");
    gzbuffer(file_, 1 << 17);
  }
  ~Input() { gzclose(file_); }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// Up to `count` bytes, fewer at the end; memory grows with what is really there.
  std::vector<uint8_t> read(int64_t count) {
    std::vector<uint8_t> bytes;
    while (static_cast<int64_t>(bytes.size()) < count) {
      const size_t before = bytes.size();
      const auto step = static_cast<unsigned>(std::min<int64_t>(count - before, 1 << 20));
      bytes.resize(before + step);
      const int got = gzread(file_, bytes.data() + before, step);
      int code = Z_OK;
      const char* message = gzerror(file_, &code);
      if (got < 0 && code != Z_BUF_ERROR) throw RequestError(path_.string() + ": is damaged: " + message);
      bytes.resize(before + static_cast<size_t>(std::max(got, 0)));
      if (got < static_cast<int>(step)) break;
    }
    return bytes;
  }

 private:
  fs::path path_;
  gzFile file_;
};

struct Array {
  fs::path path;
  std::vector<int64_t> sizes;
  std::vector<uint8_t> bytes;
};

[[noreturn]] void fail_length(const fs::path& path, const std::string& found, int64_t expected) {
  throw RequestError(path.string() + ": has " + found + " bytes, expected " + grouped_digits(expected) +
                     " after what its header says");
}

/// An array of bytes with `dimensions` sizes.
Array read_array(const fs::path& path, int dimensions) {
  Input input(path);
  const int64_t header_bytes = 4 + 4 * dimensions;
  const std::vector<uint8_t> read = input.read(header_bytes);
  const std::string_view header(reinterpret_cast<const char*>(read.data()), read.size());
  if (static_cast<int64_t>(header.size()) < header_bytes)
    throw RequestError(path.string() + ": has " + std::to_string(header.size()) +
                       " bytes, too few for an IDX header of " + std::to_string(header_bytes));
  if (int64_t{big_endian(header, 0, 4)} != 0x0800 + dimensions)
    throw RequestError(path.string() + ": is not an IDX file of bytes with " + std::to_string(dimensions) +
                       " dimensions: it starts with " + std::to_string(big_endian(header, 0, 4)) + ", expected " +
                       std::to_string(0x0800 + dimensions));
  Array array{path, {}, {}};
  int64_t total = 1;
  for (int d = 0; d < dimensions; ++d) {
    const int64_t size = big_endian(header, static_cast<size_t>(4 + 4 * d), 4);
    if (size < 1 || (d > 0 && size > largest_side))
      throw RequestError(path.string() + ": its header says size " + std::to_string(size) + " in dimension " +
                         std::to_string(d) + ", allowed is 1 to " +
                         (d > 0 ? std::to_string(largest_side) : "4294967295"));
    array.sizes.push_back(size);
    total *= size;
  }
  array.bytes = input.read(total);
  const int64_t found = header_bytes + static_cast<int64_t>(array.bytes.size());
  if (found < header_bytes + total) fail_length(path, grouped_digits(found), header_bytes + total);
  if (!input.read(1).empty()) fail_length(path, "more than " + grouped_digits(found), header_bytes + total);
  return array;
}

fs::path find_file(const fs::path& folder, const std::string& stem, const std::string& type) {
  for (const char* separator : {"-", "."})
    for (const char* ending : {"", ".gz"}) {
      const fs::path path = folder / (stem + separator + type + ending);
      if (fs::is_regular_file(path)) return path;
    }
  throw RequestError((folder / (stem + "-" + type)).string() + ": does not exist, neither plain nor as .gz");
}

struct Part {
  std::shared_ptr<const Dataset> images;
  int classes;
};

Part read_part(const fs::path& folder, const std::string& prefix) {
  Array labels = read_array(find_file(folder, prefix + "-labels", "idx1-ubyte"), 1);
  Array images = read_array(find_file(folder, prefix + "-images", "idx3-ubyte"), 3);
  if (images.sizes[0] != labels.sizes[0])
    throw RequestError(images.path.string() + ": has " + std::to_string(images.sizes[0]) + " images, but " +
                       labels.path.string() + " has " + std::to_string(labels.sizes[0]) + " labels");
  const int classes = 1 + *std::max_element(labels.bytes.begin(), labels.bytes.end());
  const int64_t rows = images.sizes[1], columns = images.sizes[2];
  return {std::make_shared<PackedImages>("idx " + prefix, static_cast<int>(columns), static_cast<int>(rows), 1,
                                         PackedImages::Layout::interleaved, std::move(images.bytes),
                                         std::move(labels.bytes)),
          classes};
}

}  // namespace

DataSource open_idx(const fs::path& folder) {
  const Part train = read_part(folder, "train"), val = read_part(folder, "t10k");
  DataSource source;
  for (int i = 0; i < std::max(train.classes, val.classes); ++i) source.class_names.push_back(std::to_string(i));
  source.channels = 1;
  source.train = train.images;
  source.val = val.images;
  return source;
}

}  // namespace staircase::data
