#pragma once

#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace staircase {

/// Writes a file so that it appears whole or not at all: beside its place, flushed to the disk,
/// then renamed over it. What was there stays until the rename.
/// Throws std::runtime_error naming the path and the system's reason (no space, no permission).
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The same for content that is produced piece by piece.
void write_file_atomically(const std::filesystem::path& path, const std::function<void(std::ostream&)>& produce);

/// What a killed process left of a file that it was writing.
bool is_unfinished_file(const std::filesystem::path& path);

/// Removes such files from a folder, not from those in it. Nobody else may be writing there.
void remove_unfinished_files(const std::filesystem::path& folder);

/// The whole file. Throws RequestError naming the path when it is missing or unreadable.
std::string read_file(const std::filesystem::path& path);

/// Creates a folder and its parents. Throws std::runtime_error naming the path and the reason.
void make_folder(const std::filesystem::path& path);

}  // namespace staircase
