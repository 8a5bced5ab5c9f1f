#include "staircase/runs/class_scores.h"

#include <fstream>

#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace class_scores_test {

using namespace staircase;
using namespace staircase::tests;

TEST_CASE("What a run's classes were taken for is read of both weights, and a class it lacks is named", "[runs]") {
  const TemporaryFolder folder;
  CHECK(runs::read_class_evaluation(folder.path()).confusion.empty());
  const auto read = [&](const std::string& confusion) {
    std::ofstream(folder / "per_class.json")
        << R"({"classes": [{"class": "cat", "images": 4, "top1": 75.0}, {"class": "dog", "images": 0, "top1": 0.0}])"
        << confusion << "}";
    return runs::read_class_evaluation(folder.path());
  };
  CHECK(read("").scores.size() == 2);
  CHECK(read("").confusion.empty());
  const runs::ClassEvaluation both = read(R"(, "confusion": [[0, 1, 3]], "confusion_ema": [[0, 0, 2], [0, 1, 1]])");
  REQUIRE(both.confusion.size() == 1);
  CHECK(both.confusion[0].label == 0);
  CHECK(both.confusion[0].predicted == 1);
  CHECK(both.confusion[0].images == 3);
  CHECK(both.confusion_ema.size() == 2);
  CHECK_THROWS_WITH(read(R"(, "confusion": [[0, 2, 3]])"), ContainsSubstring("per_class.json: is damaged"));
  CHECK_THROWS_WITH(read(R"(, "confusion": [[-1, 0, 3]])"), ContainsSubstring("per_class.json: is damaged"));
  CHECK_THROWS_WITH(read(R"(, "confusion": [[0, 1]])"), ContainsSubstring("per_class.json: is damaged"));
  CHECK_THROWS_WITH(read(R"(, "confusion": 3)"), ContainsSubstring("per_class.json: is damaged"));
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

}  // namespace class_scores_test
