#pragma once

#include <filesystem>

namespace staircase::data {

/// How many images went where.
struct Split {
  size_t train = 0, val = 0;
};

/// Makes a folder with train and val from one that has a folder of images a class: symbolic links to the images, a
/// fifth of each class and at least one for validation. Which, a hash of class and file name decides: the same every
/// time. It does not know which photographs show one scene.
/// Throws RequestError when `to` exists or lies in `from`, or a class has fewer than two images, as open_class_folders
/// does, and std::runtime_error, with nothing left of it, when a link cannot be made.
Split split_folder(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace staircase::data
