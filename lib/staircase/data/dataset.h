#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "staircase/data/image.h"

namespace staircase::data {

/// Labelled images, by index. All functions may be called by several threads at once.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual size_t size() const = 0;
  /// Throws BadImage naming the image when it is damaged.
  virtual Image image(size_t index) const = 0;
  /// In [0, classes).
  virtual int64_t label(size_t index) const = 0;
  /// For messages: a path, or "shapes 17".
  virtual std::string name(size_t index) const = 0;
};

/// The parts of a data set; null where it has none. `channels` is that of every image.
struct DataSource {
  std::vector<std::string> class_names;
  int64_t channels = 3;
  std::shared_ptr<const Dataset> train, val, test;
};

}  // namespace staircase::data
