#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "staircase/data/shard_index.h"

namespace staircase::data {

/// Writes the shards of one part: tar files that tar and WebDataset read, the same bytes for the same images.
class ShardWriter {
 public:
  /// `shard_bytes`: a shard ends with the first member that reaches it.
  /// Throws as the functions below.
  ShardWriter(std::filesystem::path folder, std::string part, uint64_t shard_bytes);
  ~ShardWriter();

  /// `name`: "cat/1.jpg". Throws std::runtime_error naming the shard and the system's reason when it cannot be written.
  void add(const std::string& name, std::string_view bytes);

  /// Ends the last shard, gives all their names (which count them), reads them back and compares.
  /// Throws the same, also where what is read is not what was written.
  std::vector<Shard> finish();

 private:
  struct OpenShard;
  void close();

  std::filesystem::path folder_;
  std::string part_;
  uint64_t shard_bytes_;
  std::unique_ptr<OpenShard> open_;
  std::vector<Shard> written_;
};

}  // namespace staircase::data
