#include "staircase/data/shards.h"

#include <zlib.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "staircase/base/errors.h"
#include "staircase/base/patient_read.h"
#include "staircase/base/text.h"
#include "staircase/config/json.h"
#include "staircase/data/decode.h"
#include "staircase/data/file_table.h"
#include "staircase/data/folder_listing.h"
#include "staircase/data/part_names.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

/// Where the content of an image lies, in little memory.
struct Place {
  uint64_t offset;
  uint32_t shard, checksum;
  bool checked;
};

using Files = std::vector<std::unique_ptr<const RandomAccessFile>>;

/// One part; it shares the open shards with the others.
class ShardImages : public Dataset {
 public:
  ShardImages(std::string part, std::shared_ptr<const Files> files, FileTable names, std::vector<Place> places,
              std::vector<int64_t> labels)
      : part_(std::move(part)),
        files_(std::move(files)),
        names_(std::move(names)),
        places_(std::move(places)),
        labels_(std::move(labels)) {}

  size_t size() const override { return places_.size(); }
  Image image(size_t index) const override { return part(index, whole_image).pixels; }
  ImagePart part(size_t index, const ChoosePart& choose) const override {
    const Place& place = places_.at(index);
    std::string bytes = read_bytes(index, 0, names_.bytes(index));
    if (place.checked && ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()) != place.checksum)
      throw BadImage(name(index) + ": is damaged: it is not what was packed");
    return decode_part(std::move(bytes), name(index), choose);
  }
  int64_t label(size_t index) const override { return labels_[names_.folder_of(index)]; }
  std::string name(size_t index) const override { return file_of(index).path().string() + ": " + member_name(index); }

  void visit_files(const FileVisitor& visit) const override {
    for (size_t i = 0; i < size(); ++i) visit(part_ + "/" + member_name(i), names_.bytes(i));
  }
  std::string read_bytes(size_t index, uint64_t start, uint64_t count) const override {
    return file_of(index).read(places_.at(index).offset + start, count);
  }

 private:
  const RandomAccessFile& file_of(size_t index) const { return *(*files_)[places_.at(index).shard]; }
  std::string member_name(size_t index) const {
    return names_.folders()[names_.folder_of(index)].name + "/" + std::string(names_.name(index));
  }

  std::string part_;
  std::shared_ptr<const Files> files_;
  FileTable names_;
  std::vector<Place> places_;
  std::vector<int64_t> labels_;  // of the folders in names_
};

/// The shards in a folder by name, all that there should be.
std::vector<std::string> list_shards(const fs::path& folder) {
  std::map<std::string, uint64_t> counts;
  std::set<std::string> there;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const auto parsed = parse_shard_name(name);
    if (!parsed) continue;
    const auto [known, is_new] = counts.emplace(parsed->part, parsed->count);
    if (!is_new && known->second != parsed->count)
      fail_shards(folder, "has shards of two packs: of " + parsed->part + " " + std::to_string(known->second) +
                              " and " + std::to_string(parsed->count));
    there.insert(name);
  }
  if (there.empty()) fail_shards(folder, "has no shards (train-000000-of-000001.tar), which `staircase pack` writes");
  std::vector<std::string> names;
  for (const auto& [part, count] : counts)
    for (uint64_t number = 0; number < count; ++number) {
      names.push_back(to_name({part, number, count}));
      if (!there.contains(names.back())) fail_shards(folder / names.back(), "is missing; there are others of its pack");
    }
  return names;
}

/// The index beside the shards, if it is there.
ShardIndex index_of(const fs::path& folder) {
  const std::vector<std::string> names = list_shards(folder);
  ShardIndex index;
  if (!fs::exists(folder / shard_index_name)) {
    for (const std::string& name : names) index.push_back(scan_shard(folder / name, false));
    return index;
  }
  index = read_shard_index(folder / shard_index_name);
  for (const std::string& name : names)
    if (std::none_of(index.begin(), index.end(), [&](const Shard& shard) { return shard.name == name; }))
      fail_shards(folder / name, std::string("is not in ") + shard_index_name + " beside it");
  for (const Shard& shard : index) {
    const fs::path path = folder / shard.name;
    if (!fs::exists(path)) fail_shards(path, "is missing; it is in the index beside it");
    const uint64_t bytes = fs::file_size(path);
    if (bytes != shard.bytes)
      fail_shards(path, (bytes < shard.bytes ? "is cut short: it has " : "was changed: it has ") +
                            std::to_string(bytes) + " of " + std::to_string(shard.bytes) + " bytes");
  }
  return index;
}

/// A member and the shard that it is in.
struct Found {
  std::string_view folder, file;
  const ShardMember* member;
  uint32_t shard;
};

/// Whether a member is an image, by its name; what else lies there is counted as in folders.
bool is_image(std::string_view name, PassedOver& passed_over) {
  std::string_view file;
  for (size_t at = 0; at < name.size(); at += file.size() + 1) {
    file = name.substr(at, std::min(name.find('/', at), name.size()) - at);
    if (is_left_behind(file)) ++passed_over.left_behind[std::string(file)];
    if (is_left_behind(file) || file.starts_with('.')) return false;
  }
  const bool is = has_image_extension(file);
  if (!is) ++passed_over.left_out[kind_of_file(file)];
  return is;
}

/// The images of a part, sorted as those of a folder.
std::vector<Found> images_of(const std::string& part, const ShardIndex& index, const PartOfTar& part_of,
                             const fs::path& folder, PassedOver& passed_over) {
  std::vector<Found> images;
  for (size_t i = 0; i < index.size(); ++i) {
    if (part_of(index[i]) != part) continue;
    for (const ShardMember& member : index[i].members) {
      const std::string_view name = member.name;
      if (!is_image(name, passed_over)) continue;
      const size_t slash = name.find('/');
      if (slash == 0 || slash == std::string_view::npos || name.find('/', slash + 1) != std::string_view::npos)
        fail_shards(folder / index[i].name, "holds " + member.name + ", expected CLASS/FILE");
      images.push_back({name.substr(0, slash), name.substr(slash + 1), &member, static_cast<uint32_t>(i)});
    }
  }
  if (images.empty()) fail_shards(folder, "the part " + part + " has no image");
  std::sort(images.begin(), images.end(),
            [](const Found& a, const Found& b) { return std::tie(a.folder, a.file) < std::tie(b.folder, b.file); });
  return images;
}

std::shared_ptr<const Dataset> open_part(const std::string& part, const std::vector<Found>& images,
                                         const std::shared_ptr<const Files>& files,
                                         const std::vector<std::string>& classes, const fs::path& folder) {
  FileTable names;
  std::vector<Place> places;
  std::vector<int64_t> labels;
  for (const Found& image : images) {
    if (names.folders().empty() || names.folders().back().name != image.folder) {
      const std::string name(image.folder);
      if (!config::is_utf8(name))
        fail_shards(folder, "the class " + name + " is not named in UTF-8, as a class must be");
      const auto at = std::lower_bound(classes.begin(), classes.end(), name);
      if (at == classes.end() || *at != name)
        fail_shards(folder, "the part " + part + " has a class that the training images do not have: " + name);
      labels.push_back(at - classes.begin());
      names.add_folder(name, {});
    }
    names.add_file(image.file, image.member->bytes);
    const auto& checksum = image.member->checksum;
    places.push_back({image.member->offset, image.shard, checksum.value_or(0), checksum.has_value()});
  }
  names.shrink();
  return std::make_shared<ShardImages>(part, files, std::move(names), std::move(places), std::move(labels));
}

}  // namespace

bool is_shard_folder(const fs::path& folder) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (parse_shard_name(entry.path().filename().string())) return true;
  return false;
}

DataSource open_tars(const fs::path& folder, const ShardIndex& index, const PartOfTar& part_of) {
  Files opened;
  std::set<std::string> there;
  for (const Shard& tar : index) {
    there.insert(part_of(tar));
    opened.push_back(std::make_unique<const RandomAccessFile>(folder / tar.name));
  }
  const auto files = std::make_shared<const Files>(std::move(opened));
  const PartNames parts = find_parts(folder, {there.begin(), there.end()});
  DataSource source;
  const auto images = [&](const std::string& part) {
    return images_of(part, index, part_of, folder, source.passed_over);
  };
  const std::vector<Found> train = images(parts.train);
  for (const Found& image : train)
    if (source.class_names.empty() || source.class_names.back() != image.folder)
      source.class_names.emplace_back(image.folder);
  source.train = open_part(parts.train, train, files, source.class_names, folder);
  source.val = open_part(parts.val, images(parts.val), files, source.class_names, folder);
  if (!parts.test.empty()) source.test = open_part(parts.test, images(parts.test), files, source.class_names, folder);
  return source;
}

DataSource open_shards(const fs::path& folder) {
  const ShardIndex index = index_of(folder);
  for (const Shard& shard : index)
    if (!parse_shard_name(shard.name))
      fail_shards(folder / shard_index_name, "is damaged: \"" + shard.name + "\" is no name of a shard");
  return open_tars(folder, index, [](const Shard& shard) { return parse_shard_name(shard.name)->part; });
}

}  // namespace staircase::data
