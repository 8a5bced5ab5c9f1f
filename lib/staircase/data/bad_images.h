#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace staircase::data {

/// The damaged images met so far: each is named once, and too many end the run. Safe for threads.
class BadImages {
 public:
  /// Of `size` images at most `max_fraction` may be damaged.
  BadImages(size_t size, double max_fraction) : size_(size), max_fraction_(max_fraction) {}

  bool contains(size_t index) const;
  /// Adds an image and, the first time, a warning with `message` (which names the path).
  /// Throws std::runtime_error when there are now more than allowed, naming the count, the share
  /// allowed and this last one.
  void add(size_t index, const std::string& message);
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
};

}  // namespace staircase::data
