#include "staircase/data/bad_images.h"

#include <map>
#include <utility>

#include "staircase/base/clock.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"

namespace staircase::data {
namespace {

/// What a search for damaged images found.
struct Damage {
  std::map<size_t, std::string> messages;  ///< by the image's index
  size_t looked_at = 0;
};

/// Reads those that are known to be damaged, then the others in their order, until the time is over or a file cannot
/// be read at all.
Damage find_damage(const Dataset& images, const std::set<size_t>& known, double most_seconds) {
  Damage damage;
  const auto start = Clock::now();
  const auto look_at = [&](size_t index) {
    ++damage.looked_at;
    try {
      images.image(index);
    } catch (const BadImage& error) {
      damage.messages[index] = error.what();
    }
  };
  try {
    for (const size_t index : known) look_at(index);
    for (size_t i = 0; i < images.size() && seconds_since(start) < most_seconds; ++i)
      if (!known.contains(i)) look_at(i);
  } catch (const std::exception&) {  // the search is an addition: what it has found by now is said
  }
  return damage;
}

}  // namespace

bool BadImages::contains(size_t index) const {
  const std::lock_guard lock(mutex_);
  return indices_.contains(index);
}

bool BadImages::add(size_t index, const std::string& message, const std::string& instead) {
  const std::lock_guard lock(mutex_);
  if (indices_.insert(index).second) warnings_.push_back(message + instead);
  return static_cast<double>(indices_.size()) <= max_fraction_ * static_cast<double>(size_);
}

std::string BadImages::too_many(const Dataset& images, double most_seconds) {
  const std::lock_guard once(search_mutex_);
  if (!too_many_.empty()) return too_many_;
  const Damage damage = find_damage(images, indices(), most_seconds);
  const auto count_text = [](size_t count) { return grouped_digits(static_cast<long long>(count)); };
  std::vector<std::string> messages;
  for (const auto& [index, message] : damage.messages) messages.push_back(message);
  const size_t most_named = 5;
  const bool all = damage.looked_at >= size_;
  too_many_ = count_text(messages.size()) + " of " + count_text(all ? size_ : damage.looked_at) + " images" +
              (all ? "" : " that were looked at, of " + count_text(size_) + ",") +
              (messages.size() == 1 ? " is" : " are") + " damaged, more than the " +
              decimals(100.0 * max_fraction_, 2) +
              " % that /data/max_bad_fraction allows: " + some_of(messages, most_named, "; ");
  return too_many_;
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
