#include "staircase/data/imagenet_tars.h"

#include <charconv>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/data/imagenet_devkit.h"
#include "staircase/data/shards.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

constexpr const char* train_tar = "ILSVRC2012_img_train.tar";
constexpr const char* val_tar = "ILSVRC2012_img_val.tar";

/// The images of all classes, as CLASS/FILE.
Shard scan_train(const fs::path& folder) {
  Shard train = scan_shard(folder / train_tar, false);
  std::vector<ShardMember> images;
  for (const ShardMember& inner : train.members) {
    const fs::path name(inner.name);
    if (name.extension() != ".tar")
      fail_shards(folder / train_tar, "holds " + inner.name + ", expected a tar a class, n01440764.tar");
    for (ShardMember& image : scan_inner_tar(folder / train_tar, inner.offset, inner.bytes, inner.name)) {
      image.name = name.stem().string() + "/" + fs::path(image.name).filename().string();
      images.push_back(std::move(image));
    }
  }
  train.members = std::move(images);
  return train;
}

/// 17 of ILSVRC2012_val_00000017.JPEG; 0: the name is none of a validation image.
size_t number_of(const std::string& file) {
  const std::string begin = "ILSVRC2012_val_";
  size_t number = 0;
  if (file.starts_with(begin)) std::from_chars(file.data() + begin.size(), file.data() + file.size(), number);
  return number;
}

Shard scan_val(const fs::path& folder) {
  const std::vector<std::string> classes = imagenet_validation_synsets(folder);
  Shard val = scan_shard(folder / val_tar, false);
  if (val.members.size() != classes.size())
    fail_shards(folder / val_tar, "has " + grouped_digits(static_cast<long long>(val.members.size())) +
                                      " images, and the development kit the classes of " +
                                      grouped_digits(static_cast<long long>(classes.size())));
  for (ShardMember& image : val.members) {
    const std::string file = fs::path(image.name).filename().string();
    const size_t number = number_of(file);
    if (number < 1 || number > classes.size())
      fail_shards(folder / val_tar, "holds " + image.name + ", expected ILSVRC2012_val_00000001.JPEG and on");
    image.name = classes[number - 1] + "/" + file;
  }
  return val;
}

}  // namespace

bool is_imagenet_tars(const fs::path& folder) { return fs::exists(folder / train_tar); }

DataSource open_imagenet_tars(const fs::path& folder) {
  if (!fs::exists(folder / val_tar))
    throw RequestError((folder / val_tar).string() + ": is missing, beside " + train_tar);
  const ShardIndex index{scan_train(folder), scan_val(folder)};
  return open_tars(folder, index, [](const Shard& tar) { return tar.name == train_tar ? "train" : "val"; });
}

}  // namespace staircase::data
