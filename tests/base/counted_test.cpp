#include "staircase/base/counted.h"
#include "staircase/base/some_of.h"

#include "support/catch.h"

namespace counted_test {

using namespace staircase;

TEST_CASE("One thing is counted in the singular, and many with their digits grouped", "[base]") {
  CHECK(counted(1, "run") == "1 run");
  CHECK(counted(0, "run") == "0 runs");
  CHECK(counted(3068, "image") == "3,068 images");
  CHECK(counted(2, "class", "classes") == "2 classes");
  CHECK(counted(1, "class", "classes") == "1 class");
}

TEST_CASE("Of a long list the first are named and the rest is counted", "[base]") {
  CHECK(some_of({"a", "b"}, 2) == "a, b");
  CHECK(some_of({"a", "b", "c", "d"}, 2, "; ") == "a; b and 2 more");
  CHECK(some_of({}, 2).empty());
}

}  // namespace counted_test
