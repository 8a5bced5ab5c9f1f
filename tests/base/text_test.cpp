#include "staircase/base/text.h"

#include "support/catch.h"

namespace text_test {

using namespace staircase;

TEST_CASE("What rounds to zero has no sign", "[base]") {
  CHECK(decimals(-0.25, 0) == "0");
  CHECK(decimals(-0.0, 2) == "0.00");
  CHECK(decimals(-0.5, 1) == "-0.5");
  CHECK(decimals(-10, 0) == "-10");
}

}  // namespace text_test
