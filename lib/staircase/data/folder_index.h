#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "staircase/data/file_table.h"
#include "staircase/data/passed_over.h"

namespace staircase::data {

/// One part of a folder of images: "train", and the files of each of its classes.
struct FolderPart {
  std::string name;
  FolderStamp stamp;
  FileTable files;
  PassedOver passed_over;
  bool operator==(const FolderPart&) const = default;
};

/// All that was found in a folder of images, so that it need not be listed again.
struct FolderIndex {
  std::string folder;  ///< as it was named when it was opened
  FolderStamp stamp;
  std::vector<FolderPart> parts;
  PassedOver passed_over;  ///< beside the parts
  bool operator==(const FolderIndex&) const = default;
};

/// The index in a file; empty where there is none, where it is damaged, of another folder or another version, or
/// where any of its folders is not as it was. What changes inside a file, but not the names, is not seen.
std::optional<FolderIndex> read_folder_index(const std::filesystem::path& file, const std::string& folder);

/// Writes the index, whole or not at all. Writes none when a folder changed less than two seconds before `listed`
/// (nanoseconds since 1970): another change within the step of a file system's clock could not be told from it.
/// Throws std::runtime_error naming the file when it cannot be written.
void write_folder_index(const std::filesystem::path& file, const FolderIndex& index, int64_t listed_ns);

}  // namespace staircase::data
