#include "staircase/data/folder_listing.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "staircase/base/errors.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& folder) {
  throw RequestError(folder.string() + ": cannot be read: " + std::strerror(errno));
}

FolderStamp stamp_from(const struct stat& status) {
  return {static_cast<int64_t>(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec,
          static_cast<uint64_t>(status.st_ino)};
}

/// Calls `take` with the folder's descriptor and each entry that is not hidden and that no system left behind. Plain
/// system calls: with a million names std::filesystem's paths take most of the time.
template <class Take>
void for_each_entry(const fs::path& folder, PassedOver& passed_over, Take&& take) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> listing(::opendir(folder.c_str()), close);
  if (!listing) fail(folder);
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(listing.get());
    if (!entry && errno != 0) fail(folder);
    if (!entry) return;
    if (is_left_behind(entry->d_name)) ++passed_over.left_behind[entry->d_name];
    else if (entry->d_name[0] != '.') take(::dirfd(listing.get()), *entry);
  }
}

/// What a name leads to; false: to nothing, or it is gone already.
bool look_up(const fs::path& folder, int descriptor, const char* name, struct stat& status) {
  if (::fstatat(descriptor, name, &status, 0) == 0) return true;
  if (errno == ENOENT) return false;
  fail(folder / name);
}

bool is_folder(const fs::path& folder, int descriptor, const dirent& entry) {
  struct stat status {};
  if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  return look_up(folder, descriptor, entry.d_name, status) && S_ISDIR(status.st_mode);
}

}  // namespace

bool has_image_extension(std::string_view name) {
  const auto ends_with = [&](std::string_view extension) {
    return name.size() > extension.size() &&
           std::equal(extension.rbegin(), extension.rend(), name.rbegin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
  };
  for (const std::string_view each : {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
    if (ends_with(each)) return true;
  return false;
}

FolderStamp stamp_of(const fs::path& folder) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0) fail(folder);
  return stamp_from(status);
}

std::vector<std::string> list_folders(const fs::path& folder, PassedOver& passed_over) {
  std::vector<std::string> names;
  for_each_entry(folder, passed_over, [&](int descriptor, const dirent& entry) {
    if (is_folder(folder, descriptor, entry)) names.emplace_back(entry.d_name);
    else if (has_image_extension(entry.d_name)) ++passed_over.left_out["images outside of class folders"];
    else ++passed_over.left_out[kind_of_file(entry.d_name)];
  });
  std::sort(names.begin(), names.end());
  return names;
}

void add_image_folder(FileTable& table, const fs::path& folder, PassedOver& passed_over) {
  std::vector<std::pair<std::string, uint64_t>> files;
  const FolderStamp stamp = stamp_of(folder);  // before the names: one that comes meanwhile makes it old
  PassedOver here;
  for_each_entry(folder, here, [&](int descriptor, const dirent& entry) {
    struct stat status {};
    if (!has_image_extension(entry.d_name)) {
      ++here.left_out[entry.d_type == DT_DIR ? "folders" : kind_of_file(entry.d_name)];
      return;
    }
    if (!look_up(folder, descriptor, entry.d_name, status)) return;
    if (S_ISREG(status.st_mode)) files.emplace_back(entry.d_name, static_cast<uint64_t>(status.st_size));
  });
  if (files.empty()) {
    const std::string others = left_out_text(here);
    throw RequestError(folder.string() + ": has no image (.jpg, .jpeg, .png, .webp, .bmp, .tif or .tiff)" +
                       (others.empty() ? "" : "; " + others) + "; remove the folder, or put images into it");
  }
  passed_over.add(here);
  std::sort(files.begin(), files.end());
  table.add_folder(folder.filename().string(), stamp);
  for (const auto& [name, bytes] : files) table.add_file(name, bytes);
}

}  // namespace staircase::data
