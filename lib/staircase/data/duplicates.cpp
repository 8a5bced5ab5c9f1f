#include "staircase/data/duplicates.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <unordered_map>
#include <vector>

#include "staircase/base/random.h"

namespace staircase::data {
namespace {

std::vector<uint64_t> sizes_of(const Dataset& part) {
  std::vector<uint64_t> sizes;
  part.visit_files([&](std::string_view, uint64_t bytes) { sizes.push_back(bytes); });
  return sizes;
}

std::optional<std::string> read_range(const Dataset& part, size_t image, uint64_t start, uint64_t count) {
  try {
    return part.read_bytes(image, start, count);
  } catch (const UnreadableFile&) {
    return std::nullopt;
  }
}

/// The files of two parts, which may be one, read as little as it takes.
class Search {
 public:
  Search(const Dataset& part, const Dataset& train, const SearchLimits& limits)
      : part_(part), train_(train), left_(limits), sizes_(sizes_of(part)) {
    const std::vector<uint64_t> train_sizes = sizes_of(train);
    for (const uint64_t size : sizes_) same_size_[size];
    for (size_t i = 0; i < train_sizes.size(); ++i)
      if (const auto found = same_size_.find(train_sizes[i]); found != same_size_.end()) found->second.push_back(i);
  }

  Duplicates run() {
    Duplicates result;
    const size_t count = sizes_.size();
    if (count == 0) return result;
    // Steps that have no divisor in common with the count reach each file once, spread evenly at any time.
    size_t step = std::max<size_t>(1, static_cast<size_t>(0.618 * static_cast<double>(count)));
    while (std::gcd(step, count) != 1) ++step;
    for (size_t i = 0; i < count && left_.files > 0 && left_.bytes > 0; ++i) {
      const size_t image = i * step % count;
      ++result.looked_at;
      const auto twin = twin_of(image);
      if (!twin) continue;
      ++result.found;
      if (result.example.empty() || part_.name(image) < result.example) {
        result.example = part_.name(image);
        result.its_twin = train_.name(*twin);
      }
    }
    return result;
  }

 private:
  std::optional<size_t> twin_of(size_t image) {
    const uint64_t size = sizes_[image];
    std::optional<std::optional<uint64_t>> wanted;  // read when there is one to compare it with
    for (const size_t candidate : same_size_.at(size)) {
      if (!may_be_twin(image, candidate)) continue;
      if (!wanted) wanted = middle_of(part_, image, size);
      if (!middles_.contains(candidate)) {
        if (left_.files == 0) return std::nullopt;
        middles_[candidate] = middle_of(train_, candidate, size);
      }
      if (*wanted && middles_.at(candidate) == *wanted && are_equal(image, candidate, size)) return candidate;
    }
    return std::nullopt;
  }

  /// Within one part only an image of another class says anything.
  bool may_be_twin(size_t image, size_t candidate) const {
    return &part_ != &train_ || part_.label(image) != train_.label(candidate);
  }

  /// A stamp of 4 KiB in the middle: the beginnings of photographs of one camera are alike.
  std::optional<uint64_t> middle_of(const Dataset& part, size_t image, uint64_t size) {
    left_.files -= std::min<uint64_t>(1, left_.files);
    const uint64_t count = std::min<uint64_t>(size, 4096);
    const auto bytes = read_range(part, image, (size - count) / 2, count);
    return bytes ? std::optional(hash_text(*bytes)) : std::nullopt;
  }

  bool are_equal(size_t image, size_t candidate, uint64_t size) {
    left_.bytes -= std::min(2 * size, left_.bytes);
    const auto a = read_range(part_, image, 0, size), b = read_range(train_, candidate, 0, size);
    return a && a == b;
  }

  const Dataset& part_;
  const Dataset& train_;
  SearchLimits left_;
  std::vector<uint64_t> sizes_;
  std::unordered_map<uint64_t, std::vector<size_t>> same_size_;  // training files, by the sizes of the part's
  std::unordered_map<size_t, std::optional<uint64_t>> middles_;  // of training files
};

}  // namespace

Duplicates find_duplicates(const Dataset& part, const Dataset& train, const SearchLimits& limits) {
  return Search(part, train, limits).run();
}

Duplicates find_in_two_classes(const Dataset& train, const SearchLimits& limits) {
  return Search(train, train, limits).run();
}

}  // namespace staircase::data
