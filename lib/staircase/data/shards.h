#pragma once

#include <filesystem>
#include <functional>

#include "staircase/data/dataset.h"
#include "staircase/data/shard_index.h"

namespace staircase::data {

/// Whether a folder holds shards.
bool is_shard_folder(const std::filesystem::path& folder);

/// A folder of shards as pack_folder writes it: tar files of images, named by part, number and count, whose members are
/// named CLASS/FILE. Members whose names are not those of images, hidden ones and what systems leave behind are left
/// out (DataSource::passed_over). Classes are train's in the order of their bytes; images are sorted by class, then
/// name, as those of the folder that was packed. Reads the index that lies beside the shards, and where there is none
/// the headers of all shards. A member that is not what the index says is a BadImage.
/// Throws RequestError naming the path: a shard that is missing, cut or damaged, a damaged index, train or val missing,
/// a part without images, a class that train lacks or that is not named in UTF-8, an image outside of a class.
DataSource open_shards(const std::filesystem::path& folder);

/// The part ("train") of the images in a tar.
using PartOfTar = std::function<std::string(const Shard& tar)>;

/// The same of other tar files in a folder, of which `index` says what is in them: members may lie anywhere in a file.
DataSource open_tars(const std::filesystem::path& folder, const ShardIndex& index, const PartOfTar& part_of);

}  // namespace staircase::data
