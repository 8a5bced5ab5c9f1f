#include "staircase/base/some_of.h"

#include "staircase/base/text.h"

namespace staircase {

std::string some_of(const std::vector<std::string>& parts, size_t most, std::string_view separator) {
  if (parts.size() <= most) return join(parts, separator);
  return join({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(most)}, separator) + " and " +
         grouped_digits(static_cast<long long>(parts.size() - most)) + " more";
}

}  // namespace staircase
