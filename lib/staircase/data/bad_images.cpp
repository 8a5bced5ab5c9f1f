#include "staircase/data/bad_images.h"

#include <stdexcept>
#include <utility>

#include "staircase/base/text.h"

namespace staircase::data {

bool BadImages::contains(size_t index) const {
  const std::lock_guard lock(mutex_);
  return indices_.contains(index);
}

void BadImages::add(size_t index, const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (!indices_.insert(index).second) return;
  warnings_.push_back(message);
  const auto count = static_cast<double>(indices_.size());
  if (count <= max_fraction_ * static_cast<double>(size_)) return;
  throw std::runtime_error(std::to_string(indices_.size()) + " of " + std::to_string(size_) +
                           " images are damaged, more than the " + decimals(100.0 * max_fraction_, 2) +
                           " % that /data/max_bad_fraction allows; the last one: " + message);
}

std::vector<std::string> BadImages::take_warnings() {
  const std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

std::set<size_t> BadImages::indices() const {
  const std::lock_guard lock(mutex_);
  return indices_;
}

void BadImages::restore(std::set<size_t> indices) {
  const std::lock_guard lock(mutex_);
  indices_ = std::move(indices);
}

}  // namespace staircase::data
