#include "staircase/data/class_folders.h"

#include "staircase/base/errors.h"
#include "staircase/data/decode.h"
#include "staircase/data/folder_listing.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

class FilesOfClasses : public Dataset {
 public:
  FilesOfClasses(fs::path folder, FileTable files) : folder_(std::move(folder)), files_(std::move(files)) {}

  size_t size() const override { return files_.size(); }
  Image image(size_t index) const override { return decode_image(name(index)); }
  int64_t label(size_t index) const override { return static_cast<int64_t>(files_.folder_of(index)); }
  std::string name(size_t index) const override { return (folder_ / relative_name(index)).string(); }

  void visit_files(const FileVisitor& visit) const override {
    for (size_t i = 0; i < size(); ++i) visit(relative_name(i), files_.bytes(i));
  }

 private:
  std::string relative_name(size_t index) const {
    return files_.folders()[files_.folder_of(index)].name + "/" + std::string(files_.name(index));
  }

  fs::path folder_;
  FileTable files_;
};

}  // namespace

ClassFolders open_class_folders(const fs::path& folder) {
  ClassFolders opened;
  opened.class_names = list_folders(folder, opened.passed_over);
  if (opened.class_names.empty()) throw RequestError(folder.string() + ": has no folders, expected one for each class");
  FileTable files;
  for (const std::string& name : opened.class_names) add_image_folder(files, folder / name, opened.passed_over);
  files.shrink();
  opened.images = std::make_shared<FilesOfClasses>(folder, std::move(files));
  return opened;
}

}  // namespace staircase::data
