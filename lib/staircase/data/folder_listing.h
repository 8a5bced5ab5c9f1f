#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "staircase/data/file_table.h"
#include "staircase/data/passed_over.h"

namespace staircase::data {

/// Whether a name ends as those of image files do: .jpg, .jpeg, .png, .webp, .bmp, .tif or .tiff in any case.
bool has_image_extension(std::string_view name);

/// A folder as it is now. Throws RequestError naming it when the system does not say.
FolderStamp stamp_of(const std::filesystem::path& folder);

/// The sorted names of the folders in a folder, links to folders too; never hidden ones and what systems leave behind.
/// `passed_over` receives what else is there.
/// Throws RequestError naming the folder when it cannot be read.
std::vector<std::string> list_folders(const std::filesystem::path& folder, PassedOver& passed_over);

/// Adds a folder and the image files in it to a table, sorted by name; hidden ones never. `passed_over` receives what
/// else is there.
/// Throws RequestError naming the folder when it cannot be read or has none.
void add_image_folder(FileTable& table, const std::filesystem::path& folder, PassedOver& passed_over);

}  // namespace staircase::data
