#include "staircase/base/duration.h"

#include "support/catch.h"

namespace duration_test {

using namespace staircase;

TEST_CASE("A duration is told in the unit that fits it", "[base]") {
  CHECK(duration_text(4.21) == "4.2 s");
  CHECK(duration_text(119) == "119 s");
  CHECK(duration_text(720) == "12 min");
  CHECK(duration_text(3.4 * 3600) == "3.4 h");
}

}  // namespace duration_test
