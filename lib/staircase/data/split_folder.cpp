#include "staircase/data/split_folder.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/random.h"
#include "staircase/data/class_folders.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

constexpr size_t one_in = 5;  // goes to validation

struct Photograph {
  uint64_t order = 0;
  fs::path path;
};

/// The photographs of each class, in an order that says nothing of them.
std::vector<std::vector<Photograph>> by_class(const ClassFolders& folders) {
  std::vector<std::vector<Photograph>> classes(folders.class_names.size());
  for (size_t i = 0; i < folders.images->size(); ++i) {
    const auto label = static_cast<size_t>(folders.images->label(i));
    const fs::path path = folders.images->name(i);
    classes[label].push_back({mix64(hash_text(folders.class_names[label] + "/" + path.filename().string())), path});
  }
  for (auto& photographs : classes)
    std::sort(photographs.begin(), photographs.end(), [](const Photograph& a, const Photograph& b) {
      return std::tie(a.order, a.path) < std::tie(b.order, b.path);
    });
  return classes;
}

void link(const fs::path& image, const fs::path& folder) {
  std::error_code error;
  fs::create_symlink(fs::absolute(image), folder / image.filename(), error);
  if (error) throw std::runtime_error((folder / image.filename()).string() + ": cannot be made: " + error.message());
}

void check_place(const fs::path& from, const fs::path& to) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(to, error)))
    throw RequestError(to.string() + ": exists; a split is made in a new folder");
  const fs::path inside = fs::weakly_canonical(to, error).lexically_relative(fs::weakly_canonical(from / ".", error));
  if (!inside.empty() && *inside.begin() != "..")
    throw RequestError(to.string() + ": lies in " + from.string() + ", each folder of which is a class");
}

Split make_split(const std::vector<std::vector<Photograph>>& classes, const std::vector<std::string>& names,
                 const fs::path& to) {
  Split split;
  for (size_t i = 0; i < classes.size(); ++i) {
    const size_t for_val = std::max<size_t>(1, (classes[i].size() + one_in / 2) / one_in);
    const fs::path train = to / "train" / names[i], val = to / "val" / names[i];
    make_folder(train);
    make_folder(val);
    for (size_t k = 0; k < classes[i].size(); ++k) link(classes[i][k].path, k < for_val ? val : train);
    split.val += for_val;
    split.train += classes[i].size() - for_val;
  }
  return split;
}

}  // namespace

Split split_folder(const fs::path& from, const fs::path& to) {
  check_place(from, to);
  const ClassFolders folders = open_class_folders(from);
  const auto classes = by_class(folders);
  for (size_t i = 0; i < classes.size(); ++i)
    if (classes[i].size() < 2)
      throw RequestError((from / folders.class_names[i]).string() +
                         ": has one image, expected at least two: one to train on and one to validate with");
  try {
    return make_split(classes, folders.class_names, to);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(to, ignored);
    throw;
  }
}

}  // namespace staircase::data
