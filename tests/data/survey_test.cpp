#include "staircase/data/survey.h"

#include "staircase/base/files.h"
#include "staircase/data/class_folders.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace survey_test {

using namespace staircase;
using namespace staircase::data;
namespace fs = std::filesystem;

namespace {

void copy_image(const fs::path& folder, const std::string& name, const std::string& reference) {
  make_folder(folder);
  fs::copy_file(tests::reference_file(reference), folder / name);
}

}  // namespace

TEST_CASE("A survey tells the sides of images from their heads, and names those that are damaged", "[data]") {
  const tests::TemporaryFolder folder;
  copy_image(folder / "a", "1.jpg", "images/rgb.jpg");  // 24 x 16, and the photographs 72 x 54
  copy_image(folder / "a", "2.png", "photographs/photograph_1.png");
  copy_image(folder / "b", "3.png", "photographs/photograph_2.png");
  write_file_atomically(folder / "b/4.png", read_file(tests::reference_file("images/rgb.png")).substr(0, 60));
  const Survey survey = survey_images(*open_class_folders(folder.path()).images);
  CHECK(survey.looked_at == 4);
  REQUIRE(survey.faults.size() == 1);
  CHECK_THAT(survey.faults[0], ContainsSubstring("b/4.png: "));
  CHECK(survey.smallest_side_px == 16);
  CHECK(survey.median_side_px == 54);
}

TEST_CASE("A survey of a part of a set is spread over all of it", "[data]") {
  const tests::TemporaryFolder folder;
  make_folder(folder / "a");
  for (int i = 0; i < 10; ++i) write_file_atomically(folder / "a" / (std::to_string(i) + ".png"), "x");
  const Survey survey = survey_images(*open_class_folders(folder.path()).images, 5);
  CHECK(survey.looked_at == 5);
  CHECK(survey.median_side_px == 0);
  REQUIRE(survey.faults.size() == 5);
  CHECK_THAT(survey.faults[0], ContainsSubstring("/0.png"));
  CHECK_THAT(survey.faults[4], ContainsSubstring("/8.png"));
}

}  // namespace survey_test
