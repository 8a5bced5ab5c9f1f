#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace staircase::data {

struct PackOptions {
  std::optional<int> shorter_side_px;  ///< larger images are resized to it (bicubic) and encoded anew as JPEG
  int quality = 92;                    ///< of those, 1 to 100
  uint64_t shard_bytes = 1'000'000'000;
  int workers = 1;
  std::function<void(const std::string&)> on_warning;
  std::function<void(uint64_t done, uint64_t of)> on_progress;  ///< images
};

struct Packed {
  uint64_t images = 0, shards = 0;
  uint64_t encoded = 0;  ///< anew
  uint64_t bytes = 0;    ///< of all shards
};

/// Writes a folder of images, as open_image_folder reads it or as open_imagenet_tars does, as shards, which open_shards reads: names, classes, order
/// and, where nothing is encoded anew, bytes are kept. Every shard is read back and compared before the folder
/// `out` appears, whole or not at all. It is made in out.unfinished; what a killed pack left there is begun anew.
/// A damaged image is packed as it is, with a warning.
/// Throws RequestError: `out` is there already, out.unfinished is somebody else's or another pack's that still writes, the
/// folder cannot be read, a name with a line break; std::runtime_error naming the path and the system's reason when it cannot be written;
/// std::invalid_argument unless there are workers.
Packed pack_folder(const std::filesystem::path& folder, const std::filesystem::path& out, const PackOptions& options);

}  // namespace staircase::data
