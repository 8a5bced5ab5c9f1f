#include "staircase/runs/class_scores.h"

#include <fstream>

#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::tests;

TEST_CASE("The scores of a run's classes are read, none where it wrote none, and a damaged file is named", "[runs]") {
  const TemporaryFolder folder;
  CHECK(runs::read_class_scores(folder.path()).empty());
  std::ofstream(folder / "per_class.json")
      << R"({"classes": [{"class": "cat", "images": 4, "top1": 75.0, "top1_ema": 50.0}, {"class": "dog", "images": 0, "top1": 0.0}]})";
  const auto scores = runs::read_class_scores(folder.path());
  REQUIRE(scores.size() == 2);
  CHECK(scores[0].name == "cat");
  CHECK(scores[0].images == 4);
  CHECK(scores[0].top1 == 75.0);
  CHECK(scores[0].top1_ema == 50.0);
  CHECK_FALSE(scores[1].top1_ema.has_value());
  std::ofstream(folder / "per_class.json") << R"({"classes": [{"class": "cat"}]})";
  CHECK_THROWS_WITH(runs::read_class_scores(folder.path()), ContainsSubstring("per_class.json: is damaged"));
}
