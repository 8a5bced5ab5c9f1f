#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "staircase/config/json.h"

namespace staircase::formats {

/// CRC-32C (Castagnoli), as RFC 3720 defines it.
uint32_t crc32c(std::string_view bytes);

/// A file that TensorBoard watches: records of protobuf messages, each with its length and checksums, written out at
/// once. Source: TensorFlow's core/util/event.proto and core/framework/summary.proto; records: core/lib/io/record_writer;
/// hyperparameters: tensorboard/plugins/hparams/plugin_data.proto and api.proto.
class EventFile {
 public:
  /// Makes a new file in the folder, which is made too. Throws std::runtime_error naming the path.
  explicit EventFile(const std::filesystem::path& folder);

  /// What follows goes on from a step: points of earlier files from there on are given up.
  void add_start(int64_t step);
  /// Numbers by their tags. Throws std::runtime_error where the disk is full; so do all that follow.
  void add_scalars(int64_t step, const std::vector<std::pair<std::string, double>>& scalars);
  /// A picture, the bytes of a PNG file of this size and so many channels.
  void add_image(int64_t step, const std::string& tag, const std::string& png, int64_t width, int64_t height,
                 int64_t channels);
  /// values: texts, numbers and truths by the names of fields; metrics: the tags of final numbers.
  void add_hyperparameters(const config::Json& values, const std::vector<std::string>& metrics);
  /// Whether the run was done or failed.
  void add_end(bool done);

  const std::filesystem::path& path() const { return path_; }

 private:
  void write(std::string event);

  std::filesystem::path path_;
  std::ofstream out_;
};

}  // namespace staircase::formats
