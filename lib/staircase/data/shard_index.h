#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace staircase::data {

/// One image in a shard.
struct ShardMember {
  std::string name;                  ///< "cat/1.jpg": class and file
  uint64_t offset = 0, bytes = 0;    ///< of its content in the shard
  std::optional<uint32_t> checksum;  ///< CRC-32 of the content, where it was read
  bool operator==(const ShardMember&) const = default;
};

/// A tar file of images of one part.
struct Shard {
  std::string name;  ///< "train-000000-of-000002.tar"
  uint64_t bytes = 0;
  std::vector<ShardMember> members;
  bool operator==(const Shard&) const = default;
};

/// What is in the folder of shards that `staircase pack` writes, each part's shards in their order.
using ShardIndex = std::vector<Shard>;

/// Its file in that folder.
inline constexpr const char* shard_index_name = "shards.index";

/// Part, number and count of a shard; empty: the name is none of a shard.
struct ShardName {
  std::string part;
  uint64_t number = 0, count = 0;
};
std::string to_name(const ShardName& name);
std::optional<ShardName> parse_shard_name(const std::string& name);

/// The files in a tar, in their order: headers of ustar, pax and GNU. With `checksums` their content is read too.
/// Throws RequestError naming the shard where it is damaged, cut, compressed or no tar, and where what it holds is
/// neither a folder nor a file as a whole: a link, a file with holes.
Shard scan_shard(const std::filesystem::path& path, bool checksums);

/// The files in a tar that is itself a file in a tar, `bytes` long from `start` on; offsets count from the outer file's
/// begin. Throws the same, naming the inner tar by `name`.
std::vector<ShardMember> scan_inner_tar(const std::filesystem::path& path, uint64_t start, uint64_t bytes,
                                        const std::string& name);

/// The index as text, a line a member, with a checksum at its end.
std::string write_shard_index(const ShardIndex& index);
/// Throws RequestError naming the file when it is damaged.
ShardIndex read_shard_index(const std::filesystem::path& file);

/// Throws RequestError: "PATH: FAULT".
[[noreturn]] void fail_shards(const std::filesystem::path& path, const std::string& fault);

}  // namespace staircase::data
