#include "staircase/data/image_folder.h"

#include <algorithm>
#include <chrono>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/config/json.h"
#include "staircase/data/decode.h"
#include "staircase/data/folder_index.h"
#include "staircase/data/folder_listing.h"
#include "staircase/data/part_names.h"

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
  ImagePart part(size_t index, const ChoosePart& choose) const override { return decode_part(name(index), choose); }
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
  const FolderPart& part_;
  std::vector<int64_t> labels_;  // of the part's folders
};

std::vector<std::string> class_folders(const fs::path& part, PassedOver& passed_over) {
  auto names = list_folders(part, passed_over);
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

std::vector<std::string> names_of_folders(const FolderPart& part) {
  std::vector<std::string> names;
  for (const FileTable::Folder& folder : part.files.folders()) names.push_back(folder.name);
  return names;
}

FolderPart list_part(const fs::path& folder, const std::string& name, const std::vector<std::string>& classes) {
  FolderPart part{name, stamp_of(folder / name), {}, {}};
  const std::vector<std::string> names = class_folders(folder / name, part.passed_over);
  labels_of(folder / name, names, classes);  // refuses a class that is unknown before a million files are listed
  for (const std::string& each : names) add_image_folder(part.files, folder / name / each, part.passed_over);
  part.files.shrink();
  return part;
}

FolderIndex list_folder(const fs::path& folder) {
  FolderIndex index{folder.string(), stamp_of(folder), {}, {}};
  PassedOver ignored;
  const PartNames names = find_parts(folder, list_folders(folder, index.passed_over));
  index.passed_over.left_out.clear();  // what lies beside the parts may be anything
  const std::vector<std::string> classes = class_folders(folder / names.train, ignored);
  for (const std::string& name : {names.train, names.val}) index.parts.push_back(list_part(folder, name, classes));
  if (!names.test.empty()) index.parts.push_back(list_part(folder, names.test, classes));
  return index;
}

DataSource source_of(const std::shared_ptr<const FolderIndex>& index) {
  DataSource source;
  source.class_names = names_of_folders(index->parts.at(0));
  source.passed_over = index->passed_over;
  for (const FolderPart& part : index->parts) source.passed_over.add(part.passed_over);
  const auto part = [&](size_t number) -> std::shared_ptr<const Dataset> {
    if (number >= index->parts.size()) return nullptr;
    const FolderPart& found = index->parts[number];
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
