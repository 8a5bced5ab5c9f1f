#include "staircase/data/file_table.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace staircase::data {

void FileTable::add_folder(std::string name, const FolderStamp& stamp) {
  folders_.push_back({std::move(name), stamp, size()});
}

void FileTable::add_file(std::string_view name, uint64_t bytes) {
  if (folders_.empty()) throw std::logic_error("FileTable: a file without a folder");
  names_ += name;
  name_ends_.push_back(names_.size());
  bytes_.push_back(bytes);
  folders_.back().end = size();
}

void FileTable::shrink() {
  folders_.shrink_to_fit();
  names_.shrink_to_fit();
  name_ends_.shrink_to_fit();
  bytes_.shrink_to_fit();
}

size_t FileTable::folder_of(size_t file) const {
  if (file >= size())
    throw std::out_of_range("file " + std::to_string(file) + " of a table with " + std::to_string(size()));
  const auto found = std::upper_bound(folders_.begin(), folders_.end(), file,
                                      [](size_t value, const Folder& folder) { return value < folder.end; });
  return static_cast<size_t>(found - folders_.begin());
}

std::string_view FileTable::name(size_t file) const {
  const uint64_t end = name_ends_.at(file), begin = file == 0 ? 0 : name_ends_[file - 1];
  return std::string_view(names_).substr(begin, end - begin);
}

}  // namespace staircase::data
