#include "staircase/nn/matrix_library.h"

#include "support/catch.h"

namespace matrix_library_test {

using staircase::nn::better_core_type;

TEST_CASE("An OpenBLAS that does not know the processor is told what its instructions allow") {
  CHECK(better_core_type("Prescott", true, true) == "SkylakeX");
  CHECK(better_core_type("Prescott", true, false) == "Haswell");
  CHECK(better_core_type("Core2", true, false) == "Haswell");
}

TEST_CASE("A processor that OpenBLAS knows, or that has no more to give, is left as it is") {
  CHECK(better_core_type("Prescott", false, false).empty());
  for (const char* known : {"SapphireRapids", "Cooperlake", "SkylakeX", "Haswell", "Zen", "Sandybridge", "neoversen1"})
    CHECK(better_core_type(known, true, true).empty());
}

}  // namespace matrix_library_test
