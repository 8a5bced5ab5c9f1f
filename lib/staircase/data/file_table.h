#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace staircase::data {

/// What a folder was like when it was listed. Names that come, go or change leave another one.
struct FolderStamp {
  int64_t modified_ns = 0;
  uint64_t inode = 0;
  bool operator==(const FolderStamp&) const = default;
};

/// Many files in some folders, in little memory: one text for all names, 16 bytes a file beside it.
class FileTable {
 public:
  struct Folder {
    std::string name;
    FolderStamp stamp;
    uint64_t end = 0;  ///< files of this folder and of all before it
    bool operator==(const Folder&) const = default;
  };

  /// The files that are added next stand in this folder.
  void add_folder(std::string name, const FolderStamp& stamp);
  void add_file(std::string_view name, uint64_t bytes);
  /// Gives back memory that was taken ahead.
  void shrink();

  size_t size() const { return bytes_.size(); }
  const std::vector<Folder>& folders() const { return folders_; }
  /// Index of the folder that holds a file. Throws std::out_of_range.
  size_t folder_of(size_t file) const;
  std::string_view name(size_t file) const;
  uint64_t bytes(size_t file) const { return bytes_.at(file); }

  bool operator==(const FileTable&) const = default;

 private:
  friend class TableFile;

  std::vector<Folder> folders_;
  std::string names_;
  std::vector<uint64_t> name_ends_;  // in names_
  std::vector<uint64_t> bytes_;
};

}  // namespace staircase::data
