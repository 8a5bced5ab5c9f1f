#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "staircase/data/file_table.h"

namespace staircase::data {

/// Whether a name ends as those of image files do: .jpg, .jpeg or .png in any case.
bool has_image_extension(std::string_view name);

/// A folder as it is now. Throws RequestError naming it when the system does not say.
FolderStamp stamp_of(const std::filesystem::path& folder);

/// The sorted names of the folders in a folder, links to folders too; hidden ones never.
/// Throws RequestError naming the folder when it cannot be read.
std::vector<std::string> list_folders(const std::filesystem::path& folder);

/// Adds a folder and the image files in it to a table, sorted by name; hidden ones never.
/// Throws RequestError naming the folder when it cannot be read or has none.
void add_image_folder(FileTable& table, const std::filesystem::path& folder);

}  // namespace staircase::data
