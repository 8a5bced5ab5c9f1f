#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// The damaged images met so far: each is named once, and too many end the run. Safe for threads.
class BadImages {
 public:
  /// Of `size` images at most `max_fraction` may be damaged.
  BadImages(size_t size, double max_fraction) : size_(size), max_fraction_(max_fraction) {}

  bool contains(size_t index) const;
  /// Adds an image and, the first time, a warning: `message`, which names the path, and what happens `instead`.
  /// False: there are now more than allowed.
  bool add(size_t index, const std::string& message, const std::string& instead = {});
  /// The sentence for that end: all damaged images of the part are counted and five named, so that they can be mended
  /// in one go. Reads the others for this, for at most so many seconds, once.
  std::string too_many(const Dataset& images, double most_seconds = 20);
  /// Warnings since the last call.
  std::vector<std::string> take_warnings();

  std::set<size_t> indices() const;
  void restore(std::set<size_t> indices);

 private:
  size_t size_;
  double max_fraction_;
  mutable std::mutex mutex_;
  std::set<size_t> indices_;
  std::vector<std::string> warnings_;
  std::mutex search_mutex_;
  std::string too_many_;
};

}  // namespace staircase::data
