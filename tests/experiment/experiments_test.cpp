// The experiments that users run as they are.

#include <filesystem>

#include "staircase/experiment/design.h"
#include "support/catch.h"

namespace experiments_test {

using namespace staircase;
using namespace staircase::experiment;

TEST_CASE("Every experiment that comes with the program reads and has rows", "[experiment]") {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(STAIRCASE_SOURCE "/experiments")) {
    if (entry.path().extension() != ".json") continue;
    ++files;
    INFO(entry.path().string());
    const Experiment experiment = read_experiment(entry.path());
    CHECK_FALSE(design_variants(experiment, 10, 3).variants.empty());
  }
  CHECK(files >= 11);
}

}  // namespace experiments_test
