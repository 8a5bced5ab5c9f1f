#include "staircase/data/pack.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "staircase/base/errors.h"
#include "staircase/base/file_lock.h"
#include "staircase/base/files.h"
#include "staircase/base/patient_read.h"
#include "staircase/base/text.h"
#include "staircase/data/decode.h"
#include "staircase/data/encode.h"
#include "staircase/data/image_folder.h"
#include "staircase/data/imagenet_tars.h"
#include "staircase/data/resize.h"
#include "staircase/data/shard_index.h"
#include "staircase/data/shard_writer.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

/// An image on its way into a shard.
struct Item {
  std::string path, name;        ///< "train/cat/1.jpg"
  const Dataset* tar = nullptr;  ///< that holds it as its image `index`, `size` bytes long; null: the file `path` does
  size_t index = 0;
  uint64_t size = 0;
  std::string bytes, warning;
  bool encoded = false;
};

void load(Item& item, const PackOptions& options) {
  item.bytes = item.tar ? item.tar->read_bytes(item.index, 0, item.size) : read_patiently(item.path);
  if (!options.shorter_side_px) return;
  const int side = *options.shorter_side_px;
  try {
    Image image = decode_part(item.bytes, item.path, whole_image).pixels;
    const int shorter = std::min(image.width, image.height);
    if (shorter <= side) return;
    const auto scaled = [&](int64_t length) { return static_cast<int>((2 * length * side + shorter) / (2 * shorter)); };
    image = resize(image, scaled(image.width), scaled(image.height), config::Interpolation::bicubic);
    item.bytes = encode_jpeg(image, options.quality);
    item.encoded = true;
  } catch (const BadImage& error) {
    item.warning = error.what();
  }
}

/// All of them, by several threads.
void load_all(std::vector<Item>& items, const PackOptions& options) {
  std::vector<std::exception_ptr> failures(static_cast<size_t>(options.workers));
  std::vector<std::jthread> threads;
  for (size_t worker = 0; worker < failures.size(); ++worker)
    threads.emplace_back([&, worker] {
      try {
        for (size_t i = worker; i < items.size(); i += failures.size()) load(items[i], options);
      } catch (...) {
        failures[worker] = std::current_exception();
      }
    });
  threads.clear();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

std::vector<Item> items_of(const Dataset& part, bool in_tars) {
  std::vector<Item> items;
  part.visit_files([&](std::string_view name, uint64_t size) {
    if (name.find('\n') != std::string_view::npos)
      throw RequestError(part.name(items.size()) + ": has a line break in its name, which an index cannot hold");
    const size_t index = items.size();
    items.push_back({part.name(index), std::string(name), in_tars ? &part : nullptr, index, size, {}, {}});
  });
  return items;
}

/// The folder in which a pack is made, removed at the end of the scope unless it was moved to its place. Its lock tells
/// what a killed pack left, which is begun anew, from what others keep under that name.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(const fs::path& out) : path_(out.string() + ".unfinished") {
    if (out.has_parent_path()) make_folder(out.parent_path());
    std::error_code error;
    const bool is_new = fs::create_directory(path_, error);
    if (error) throw std::runtime_error(path_.string() + ": cannot be written: " + error.message());
    if (!is_new && !fs::exists(lock_path()))
      throw RequestError(path_.string() + ": is there already, where the pack would be made; move it away");
    if (auto lock = FileLock::try_take(lock_path())) lock_.emplace(std::move(*lock));
    if (!lock_) throw RequestError(path_.string() + ": another pack is writing there");
    for (const fs::directory_entry& left : fs::directory_iterator(path_))
      if (left.path() != lock_path()) fs::remove_all(left.path());
  }
  ~UnfinishedFolder() {
    if (!lock_) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  UnfinishedFolder(const UnfinishedFolder&) = delete;
  UnfinishedFolder& operator=(const UnfinishedFolder&) = delete;
  const fs::path& path() const { return path_; }

  /// Throws std::runtime_error naming the place that could not be taken.
  void move_to(const fs::path& out) {
    lock_.reset();
    std::error_code error;
    fs::rename(path_, out, error);
    if (!error) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    throw std::runtime_error(out.string() + ": cannot be written: " + error.message());
  }

 private:
  fs::path lock_path() const { return path_ / "packing.lock"; }

  fs::path path_;
  std::optional<FileLock> lock_;
};

class Packer {
 public:
  Packer(const fs::path& folder, const PackOptions& options, uint64_t images)
      : folder_(folder), options_(options), images_(images) {}

  void add_part(const Dataset& part, bool in_tars) {
    std::vector<Item> items = items_of(part, in_tars);
    const std::string name = items.front().name.substr(0, items.front().name.find('/'));
    ShardWriter writer(folder_, name, options_.shard_bytes);
    const size_t at_once = 32 * static_cast<size_t>(options_.workers);
    for (size_t first = 0; first < items.size(); first += at_once) {
      const auto begin = items.begin() + static_cast<std::ptrdiff_t>(first);
      std::vector<Item> some(
          std::make_move_iterator(begin),
          std::make_move_iterator(begin + static_cast<std::ptrdiff_t>(std::min(at_once, items.size() - first))));
      load_all(some, options_);
      for (const Item& item : some) add(item, writer);
    }
    for (Shard& shard : writer.finish()) {
      packed_.bytes += shard.bytes;
      index_.push_back(std::move(shard));
    }
  }

  Packed finish() {
    write_file_atomically(folder_ / shard_index_name, write_shard_index(index_));
    packed_.shards = index_.size();
    return packed_;
  }

 private:
  void add(const Item& item, ShardWriter& writer) {
    if (!item.warning.empty() && options_.on_warning) options_.on_warning(item.warning + "; it is packed as it is");
    writer.add(item.name.substr(item.name.find('/') + 1), item.bytes);
    packed_.encoded += item.encoded ? 1 : 0;
    ++packed_.images;
    if (options_.on_progress) options_.on_progress(packed_.images, images_);
  }

  const fs::path& folder_;
  const PackOptions& options_;
  uint64_t images_;
  ShardIndex index_;
  Packed packed_;
};

/// "out" of "out/" and "out/.".
fs::path without_slash(fs::path path) {
  while (path.has_parent_path() && (!path.has_filename() || path.filename() == ".")) path = path.parent_path();
  return path;
}

}  // namespace

Packed pack_folder(const fs::path& folder, const fs::path& given_out, const PackOptions& options) {
  if (options.workers < 1)
    throw std::invalid_argument("pack_folder: workers is " + std::to_string(options.workers) + ", expected 1 or more");
  if (fs::exists(given_out)) throw RequestError(given_out.string() + ": is there already");
  const fs::path out = without_slash(given_out);
  const bool in_tars = is_imagenet_tars(folder);
  const DataSource source = in_tars ? open_imagenet_tars(folder) : open_image_folder(folder);
  if (options.on_warning)
    if (const std::string text = left_out_text(source.passed_over); !text.empty()) options.on_warning(text);
  std::vector<const Dataset*> parts{source.train.get(), source.val.get()};
  if (source.test) parts.push_back(source.test.get());
  uint64_t images = 0;
  for (const Dataset* part : parts) images += part->size();
  UnfinishedFolder unfinished(out);
  Packer packer(unfinished.path(), options, images);
  for (const Dataset* part : parts) packer.add_part(*part, in_tars);
  const Packed packed = packer.finish();
  unfinished.move_to(out);
  return packed;
}

}  // namespace staircase::data
