#include "staircase/data/image_folder.h"

#include <algorithm>
#include <chrono>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/json.h"
#include "staircase/data/decode.h"
#include "staircase/data/folder_index.h"
#include "staircase/data/folder_listing.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

/// One part; it shares the index with the others.
class ImageFiles : public Dataset {
 public:
  ImageFiles(std::shared_ptr<const FolderIndex> index, size_t part, std::vector<int64_t> labels)
      : index_(std::move(index)), part_(index_->parts.at(part)), labels_(std::move(labels)) {}

  size_t size() const override { return part_.files.size(); }
  Image image(size_t index) const override { return decode_image(name(index)); }
  int64_t label(size_t index) const override { return labels_[part_.files.folder_of(index)]; }
  std::string name(size_t index) const override { return (fs::path(index_->folder) / relative_name(index)).string(); }

  void visit_files(const FileVisitor& visit) const override {
    for (size_t i = 0; i < size(); ++i) visit(relative_name(i), part_.files.bytes(i));
  }

 private:
  std::string relative_name(size_t index) const {
    const FileTable& files = part_.files;
    return join({part_.name, files.folders()[files.folder_of(index)].name, std::string(files.name(index))}, "/");
  }

  std::shared_ptr<const FolderIndex> index_;
  const ImagePart& part_;
  std::vector<int64_t> labels_;  // of the part's folders
};

std::vector<std::string> class_folders(const fs::path& part) {
  auto names = list_folders(part);
  if (names.empty()) throw RequestError(part.string() + ": has no folders, expected one for each class");
  for (const std::string& name : names)
    if (!config::is_utf8(name))
      throw RequestError((part / name).string() + ": is not named in UTF-8, as a class must be");
  return names;
}

/// The label of one class after the other.
std::vector<int64_t> labels_of(const fs::path& part, const std::vector<std::string>& names,
                               const std::vector<std::string>& classes) {
  std::vector<int64_t> labels;
  for (const std::string& name : names) {
    const auto at = std::lower_bound(classes.begin(), classes.end(), name);
    if (at == classes.end() || *at != name)
      throw RequestError((part / name).string() + ": is a class that the training images do not have" +
                         did_you_mean(name, classes));
    labels.push_back(at - classes.begin());
  }
  return labels;
}

std::vector<std::string> names_of_folders(const ImagePart& part) {
  std::vector<std::string> names;
  for (const FileTable::Folder& folder : part.files.folders()) names.push_back(folder.name);
  return names;
}

ImagePart list_part(const fs::path& folder, const std::string& name, const std::vector<std::string>& classes) {
  ImagePart part{name, stamp_of(folder / name), {}};
  const std::vector<std::string> names = class_folders(folder / name);
  labels_of(folder / name, names, classes);  // refuses a class that is unknown before a million files are listed
  for (const std::string& each : names) add_image_folder(part.files, folder / name / each);
  part.files.shrink();
  return part;
}

std::string validation_name(const fs::path& folder) {
  const bool brief = fs::is_directory(folder / "val"), full = fs::is_directory(folder / "validation");
  if (brief && full) throw RequestError(folder.string() + ": has both val and validation, expected one of them");
  if (!brief && !full) throw RequestError(folder.string() + ": has no folder val or validation");
  return brief ? "val" : "validation";
}

FolderIndex list_folder(const fs::path& folder) {
  if (!fs::is_directory(folder / "train")) throw RequestError(folder.string() + ": has no folder train");
  FolderIndex index{folder.string(), stamp_of(folder), {}};
  const std::string val = validation_name(folder);
  const std::vector<std::string> classes = class_folders(folder / "train");
  for (const std::string& name : {std::string("train"), val}) index.parts.push_back(list_part(folder, name, classes));
  if (fs::is_directory(folder / "test")) index.parts.push_back(list_part(folder, "test", classes));
  return index;
}

DataSource source_of(const std::shared_ptr<const FolderIndex>& index) {
  DataSource source;
  source.class_names = names_of_folders(index->parts.at(0));
  const auto part = [&](size_t number) -> std::shared_ptr<const Dataset> {
    if (number >= index->parts.size()) return nullptr;
    const ImagePart& found = index->parts[number];
    return std::make_shared<ImageFiles>(
        index, number, labels_of(fs::path(index->folder) / found.name, names_of_folders(found), source.class_names));
  };
  source.train = part(0);
  source.val = part(1);
  source.test = part(2);
  return source;
}

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

DataSource open_image_folder(const fs::path& folder, const fs::path& file) {
  if (!file.empty())
    if (auto index = read_folder_index(file, folder.string()); index && index->parts.size() >= 2)
      return source_of(std::make_shared<const FolderIndex>(std::move(*index)));
  const int64_t listed = now_ns();
  const auto index = std::make_shared<const FolderIndex>(list_folder(folder));
  DataSource source = source_of(index);
  if (!file.empty())
    source.keep_index = [=] {
      try {
        write_folder_index(file, *index, listed);
      } catch (const std::runtime_error&) {  // nothing but time is lost
      }
    };
  return source;
}

}  // namespace staircase::data
