#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "staircase/base/patient_read.h"
#include "staircase/data/image_part.h"
#include "staircase/data/passed_over.h"

namespace staircase::data {

/// Takes the name of a file, relative to the folder of the data ("train/cat/1.jpg"), and its size.
using FileVisitor = std::function<void(std::string_view relative_name, uint64_t bytes)>;

/// Labelled images, by index. All functions may be called by several threads at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual size_t size() const = 0;
  /// Throws BadImage naming the image when it is damaged, UnreadableFile when its file cannot be read.
  virtual Image image(size_t index) const = 0;
  /// What is wanted of it, which may cost less than all of it; throws the same. `choose` is called once, unless the
  /// image is refused before.
  virtual ImagePart part(size_t index, const ChoosePart& choose) const {
    ImagePart whole{image(index)};
    choose(whole.pixels.width, whole.pixels.height);
    return whole;
  }
  /// In [0, classes).
  virtual int64_t label(size_t index) const = 0;
  /// For messages: a path, or "shapes 17".
  virtual std::string name(size_t index) const = 0;
  /// The files of the images, in the order of the index; none where images do not lie in files of their own.
  virtual void visit_files(const FileVisitor&) const {}
  /// `count` bytes of the file of an image, from `start` on; of images that visit_files tells of. Throws
  /// UnreadableFile.
  virtual std::string read_bytes(size_t index, uint64_t start, uint64_t count) const {
    return RandomAccessFile(name(index)).read(start, count, {});
  }
};

/// The parts of a data set; null where it has none. `channels` is that of every image.
struct DataSource {
  std::vector<std::string> class_names;
  int64_t channels = 3;
  std::shared_ptr<const Dataset> train, val, test;
  PassedOver passed_over;
  /// Leaves an index in the file that it was opened with, for the next time; errors are passed over.
  /// Null: there is nothing to leave.
  std::function<void()> keep_index;
};

}  // namespace staircase::data
