#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "staircase/config/fields.h"

namespace staircase::config {

enum class DataKind { shapes, cifar10, cifar100, idx, image_folder, shards, objects };
template <>
inline constexpr std::array enum_names<DataKind>{
    std::string_view("shapes"),       std::string_view("cifar10"), std::string_view("cifar100"), std::string_view("idx"),
    std::string_view("image_folder"), std::string_view("shards"),  std::string_view("objects")};

/// The kinds that are files of photographs.
constexpr bool has_photographs(DataKind kind) { return kind == DataKind::image_folder || kind == DataKind::shards; }

/// A built-in set: drawn by the program at any size and in any number, nothing is read.
constexpr bool is_drawn(DataKind kind) { return kind == DataKind::shapes || kind == DataKind::objects; }

/// How JPEG files are decoded: whole, or at a half, a quarter or an eighth where that is still large enough.
enum class Decode { full, scaled };
template <>
inline constexpr std::array enum_names<Decode>{std::string_view("full"), std::string_view("scaled")};

/// Where images come from and how large they enter the network.
struct DataOptions {
  DataKind kind = DataKind::shapes;
  std::string path;
  int64_t image_size_px = 32;
  int64_t train_images = 10000;
  int64_t val_images = 2000;
  int64_t shapes_seed = 0;
  int64_t objects_seed = 0;
  double max_bad_fraction = 0.01;
  Decode decode = Decode::full;
  std::array<double, 3> mean{0.485, 0.456, 0.406};
  std::array<double, 3> std{0.229, 0.224, 0.225};

  bool operator==(const DataOptions&) const = default;

  static constexpr std::string_view title = "data";
  static constexpr auto fields() {
    using D = DataOptions;
    return std::make_tuple(
        field("kind", &D::kind,
              "the built-in objects, CIFAR's binary files, IDX files (MNIST family), folders of classes, or the shards "
              "that `staircase pack` makes of those; shapes are the built-in set of earlier versions"),
        field("path", &D::path,
              "folder of the data; not for built-in sets. A relative one starts at the file that says it, with --set "
              "at the current directory",
              a_path()),
        field("image_size_px", &D::image_size_px, "side of the square image that enters the network", range(8, 4096)),
        field("train_images", &D::train_images, "objects, shapes: number of training images", range(1, 100000000)),
        field("val_images", &D::val_images, "objects, shapes: number of validation images", range(1, 100000000)),
        field("shapes_seed", &D::shapes_seed, "shapes: which set is drawn", range(0, 9007199254740992.0)),
        field("objects_seed", &D::objects_seed, "objects: which set is drawn", range(0, 9007199254740992.0)),
        field("max_bad_fraction", &D::max_bad_fraction,
              "image_folder, shards: largest share of damaged images that a run goes on with", range(0, 1)),
        field("decode", &D::decode,
              "image_folder, shards: full, or scaled: JPEG files at a half, a quarter or an eighth of their size where "
              "the part that is taken stays as large as needed, which is faster and gives other pixels"),
        field("mean", &D::mean, "subtracted from channels in [0, 1]; a gray image takes their average", range(0, 1)),
        field("std", &D::std, "channels are divided by it", range(0.001, 10)));
  }
};

/// Which set is drawn; of a built-in set.
inline int64_t drawn_seed(const DataOptions& data) {
  return data.kind == DataKind::objects ? data.objects_seed : data.shapes_seed;
}

}  // namespace staircase::config
