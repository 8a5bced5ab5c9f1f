#include "staircase/runs/class_scores.h"

#include <fstream>

#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::tests;

TEST_CASE("What a run's classes were taken for is read of the weights asked for, and a class it lacks is named",
          "[runs]") {
  const TemporaryFolder folder;
  CHECK(runs::read_confusions(folder.path(), false).empty());
  const auto write = [&](const std::string& confusion) {
    std::ofstream(folder / "per_class.json")
        << R"({"classes": [{"class": "cat", "images": 4, "top1": 75.0}, {"class": "dog", "images": 0, "top1": 0.0}])"
        << confusion << "}";
  };
  write("");
  CHECK(runs::read_confusions(folder.path(), false).empty());
  write(R"(, "confusion": [{"index": 0, "predicted": 1, "images": 3}], "confusion_ema": [])");
  const auto pairs = runs::read_confusions(folder.path(), false);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].label == 0);
  CHECK(pairs[0].predicted == 1);
  CHECK(pairs[0].images == 3);
  CHECK(runs::read_confusions(folder.path(), true).empty());
  write(R"(, "confusion": [{"index": 0, "predicted": 2, "images": 3}])");
  CHECK_THROWS_WITH(runs::read_confusions(folder.path(), false), ContainsSubstring("per_class.json: is damaged"));
  write(R"(, "confusion": 3)");
  CHECK_THROWS_WITH(runs::read_confusions(folder.path(), false), ContainsSubstring("per_class.json: is damaged"));
}

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
