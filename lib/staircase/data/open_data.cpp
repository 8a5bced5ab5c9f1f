#include "staircase/data/open_data.h"

#include <filesystem>

#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/config/paths.h"
#include "staircase/data/cifar.h"
#include "staircase/data/idx.h"
#include "staircase/data/image_folder.h"
#include "staircase/data/objects.h"
#include "staircase/data/shapes.h"
#include "staircase/data/shards.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

using config::DataKind;
using config::DataOptions;

/// Refuses a field that was moved away from its default though the kind does not use it.
template <class T>
void require_default(const DataOptions& options, T DataOptions::*member, const char* name, const char* kinds,
                     const config::Place& place) {
  if (options.*member != DataOptions{}.*member)
    throw config::ConfigError(place.at(name), std::string("goes only with /data/kind ") + kinds);
}

void require_folder(const fs::path& path, const config::Place& place) {
  if (fs::is_directory(path)) return;
  const std::string found = "\"" + path.string() + "\" ";
  if (fs::exists(path)) throw config::ConfigError(place, found + "is not a folder");
  throw config::ConfigError(place, found + "does not exist" + config::other_reading(path, place.source, place.pointer));
}

/// Beside a run; the path names it, so that steps with other data have their own.
fs::path index_file(const DataOptions& options, const fs::path& folder) {
  if (folder.empty()) return {};
  return folder / ("data-" + hexadecimal(mix64(hash_text(options.path)), 16) + ".index");
}

}  // namespace

void check_data_options(const DataOptions& options, const config::Place& place) {
  const std::string kind(config::to_name(options.kind));
  if (config::is_drawn(options.kind)) {
    if (!options.path.empty())
      throw config::ConfigError(place.at("path"),
                                "does not go with /data/kind " + kind + ", which are drawn, not read");
  } else {
    require_default(options, &DataOptions::train_images, "train_images", "objects and shapes", place);
    require_default(options, &DataOptions::val_images, "val_images", "objects and shapes", place);
    if (options.path.empty())
      throw config::ConfigError(place.at("path"), "is missing; /data/kind " + kind + " needs the folder of the data");
  }
  if (options.kind != DataKind::shapes)
    require_default(options, &DataOptions::shapes_seed, "shapes_seed", "shapes", place);
  if (options.kind != DataKind::objects)
    require_default(options, &DataOptions::objects_seed, "objects_seed", "objects", place);
  if (!config::has_photographs(options.kind)) {
    require_default(options, &DataOptions::max_bad_fraction, "max_bad_fraction", "image_folder or shards", place);
    require_default(options, &DataOptions::decode, "decode", "image_folder or shards", place);
  }
}

DataSource open_data(const DataOptions& options, const config::Place& place, const fs::path& index_folder) {
  check_data_options(options, place);
  if (options.kind == DataKind::shapes) return open_shapes(options);
  if (options.kind == DataKind::objects) return open_objects(options);
  try {
    require_folder(options.path, place.at("path"));
    switch (options.kind) {
      case DataKind::cifar10: return open_cifar10(options.path);
      case DataKind::cifar100: return open_cifar100(options.path);
      case DataKind::idx: return open_idx(options.path);
      case DataKind::shards: return open_shards(options.path);
      default: return open_image_folder(options.path, index_file(options, index_folder));
    }
  } catch (const fs::filesystem_error& error) {
    throw RequestError(error.path1().string() + ": cannot be read: " + error.code().message());
  }
}

}  // namespace staircase::data
