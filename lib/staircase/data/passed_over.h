#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace staircase::data {

/// What lies among the images and is not taken, each kind with its number. Hidden files do not count.
struct PassedOver {
  /// Files in class folders that are not read, by extension in small letters, ".heic"; "no extension", "folders"
  /// in class folders and "images outside of class folders" have names of their own.
  std::map<std::string, uint64_t> left_out;
  /// What operating systems leave in folders, by name: ".DS_Store", "__MACOSX", "Thumbs.db".
  std::map<std::string, uint64_t> left_behind;

  bool operator==(const PassedOver&) const = default;
  void add(const PassedOver& more);
};

/// Whether an operating system left something of this name behind.
bool is_left_behind(std::string_view name);

/// ".heic" of "A.HEIC", "no extension" of "notes".
std::string kind_of_file(std::string_view name);

/// "37 files were left out: .heic 30, .txt 7", the most first; "2 folders in class folders were left out"; "" for none.
std::string left_out_text(const PassedOver& passed_over);

/// "left by the operating system and ignored: .DS_Store 4, Thumbs.db 2"; "" for none.
std::string left_behind_text(const PassedOver& passed_over);

}  // namespace staircase::data
