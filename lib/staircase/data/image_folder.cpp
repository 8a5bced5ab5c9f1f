#include "staircase/data/image_folder.h"

#include <algorithm>
#include <cctype>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/json.h"
#include "staircase/data/decode.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

class ImageFiles : public Dataset {
 public:
  struct Class {
    fs::path folder;
    int64_t label;
    std::vector<std::string> files;
  };

  explicit ImageFiles(std::vector<Class> classes) : classes_(std::move(classes)) {
    for (size_t c = 0; c < classes_.size(); ++c)
      for (size_t f = 0; f < classes_[c].files.size(); ++f)
        entries_.push_back({static_cast<uint32_t>(c), static_cast<uint32_t>(f)});
  }

  size_t size() const override { return entries_.size(); }
  Image image(size_t index) const override { return decode_image(path(index)); }
  int64_t label(size_t index) const override { return classes_[entries_.at(index).folder].label; }
  std::string name(size_t index) const override { return path(index).string(); }

  void visit_files(const FileVisitor& visit) const override {
    for (size_t i = 0; i < size(); ++i) {
      const fs::path file = path(i);
      std::error_code error;
      const auto bytes = fs::file_size(file, error);
      if (error) throw RequestError(file.string() + ": cannot be read: " + error.message());
      const fs::path part = classes_[entries_[i].folder].folder.parent_path().parent_path();
      visit(file.string().substr(part.string().size() + 1), bytes);
    }
  }

 private:
  struct Entry {
    uint32_t folder, file;
  };
  fs::path path(size_t index) const {
    const Entry& entry = entries_.at(index);
    return classes_[entry.folder].folder / classes_[entry.folder].files[entry.file];
  }

  std::vector<Class> classes_;
  std::vector<Entry> entries_;
};

bool is_image_name(const fs::path& name) {
  std::string extension = name.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

/// The sorted names in a folder that `wanted` takes; hidden ones never.
template <class Wanted>
std::vector<std::string> names_in(const fs::path& folder, Wanted&& wanted) {
  std::vector<std::string> names;
  try {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.') && wanted(entry)) names.push_back(name);
    }
  } catch (const fs::filesystem_error& error) {
    throw RequestError(folder.string() + ": cannot be read: " + error.code().message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> class_folders(const fs::path& part) {
  auto names = names_in(part, [](const fs::directory_entry& entry) { return entry.is_directory(); });
  if (names.empty()) throw RequestError(part.string() + ": has no folders, expected one for each class");
  for (const std::string& name : names)
    if (!config::is_utf8(name))
      throw RequestError((part / name).string() + ": is not named in UTF-8, as a class must be");
  return names;
}

std::shared_ptr<const Dataset> read_part(const fs::path& part, const std::vector<std::string>& classes) {
  std::vector<ImageFiles::Class> found;
  for (const std::string& name : class_folders(part)) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), name);
    if (at == classes.end() || *at != name)
      throw RequestError((part / name).string() + ": is a class that the training images do not have" +
                         did_you_mean(name, classes));
    auto files = names_in(part / name, [](const fs::directory_entry& entry) {
      return is_image_name(entry.path()) && entry.is_regular_file();
    });
    if (files.empty()) throw RequestError((part / name).string() + ": has no JPEG or PNG image");
    found.push_back({part / name, at - classes.begin(), std::move(files)});
  }
  return std::make_shared<ImageFiles>(std::move(found));
}

fs::path validation_folder(const fs::path& folder) {
  const bool brief = fs::is_directory(folder / "val"), full = fs::is_directory(folder / "validation");
  if (brief && full) throw RequestError(folder.string() + ": has both val and validation, expected one of them");
  if (!brief && !full) throw RequestError(folder.string() + ": has no folder val or validation");
  return folder / (brief ? "val" : "validation");
}

}  // namespace

DataSource open_image_folder(const fs::path& folder) {
  if (!fs::is_directory(folder / "train")) throw RequestError(folder.string() + ": has no folder train");
  const fs::path val = validation_folder(folder);
  DataSource source;
  source.class_names = class_folders(folder / "train");
  source.train = read_part(folder / "train", source.class_names);
  source.val = read_part(val, source.class_names);
  if (fs::is_directory(folder / "test")) source.test = read_part(folder / "test", source.class_names);
  return source;
}

}  // namespace staircase::data
