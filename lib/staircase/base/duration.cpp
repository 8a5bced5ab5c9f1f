#include "staircase/base/duration.h"

#include "staircase/base/text.h"

namespace staircase {

std::string duration_text(double seconds) {
  const double minute = 60, hour = 3600;
  if (seconds < 2 * minute) return decimals(seconds, seconds < 10 ? 1 : 0) + " s";
  if (seconds < 2 * hour) return decimals(seconds / minute, 0) + " min";
  return decimals(seconds / hour, 1) + " h";
}

}  // namespace staircase
