#pragma once

#include <cstdint>
#include <string>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// How much of a search may be read: files opened, and bytes of those that are compared whole.
struct SearchLimits {
  uint64_t files = 10'000, bytes = uint64_t{256} << 20;
};

/// Images that also stand elsewhere, byte for byte.
struct Duplicates {
  size_t found = 0;
  size_t looked_at = 0;  ///< images of the part, spread evenly over it; fewer than all where the limits ended it
  std::string example, its_twin;  ///< paths; "" where none was found
};

/// Looks for files of `part` that have a twin in `train`. Only files of equal size are opened: 4 KiB in their middle
/// are compared first, and the whole where these are equal. Files that cannot be read have no twin. Nothing is found
/// where images do not lie in files of their own.
Duplicates find_duplicates(const Dataset& part, const Dataset& train, const SearchLimits& limits = {});

/// The same among training images: those that have a twin in another class.
Duplicates find_in_two_classes(const Dataset& train, const SearchLimits& limits = {});

}  // namespace staircase::data
