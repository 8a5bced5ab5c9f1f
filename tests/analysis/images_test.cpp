#include "staircase/analysis/images.h"

#include <cmath>
#include <random>

#include "support/catch.h"

namespace images_test {

using namespace staircase::analysis;

namespace {

CorrectImages images(const std::vector<bool>& correct) { return {"one", correct}; }

}  // namespace

TEST_CASE("The error of the images is the variance component of the crossed layout, by hand", "[analysis]") {
  // Row 1 minus row 0: seed 0 has 1 0 1 0, seed 1 has 1 0 0 0. Means of images 1 0 .5 0, of seeds .5 .25, of all .375.
  const ImagesOfRuns runs{{{0, 0}, images({0, 1, 0, 1})},
                          {{0, 1}, images({0, 1, 1, 1})},
                          {{1, 0}, images({1, 1, 1, 1})},
                          {{1, 1}, images({1, 1, 1, 1})}};
  // SS images 2 (.390625 + .140625 + .015625 + .140625) = 1.375, MS .458333; SS seeds 4 * 2 * .015625 = .125;
  // SS of all 1.875; rest 1.875 - 1.375 - .125 = .375, MS .125; (.458333 - .125) / 8 = .0416667.
  const auto error = image_error(row_minus(1, 0), runs);
  REQUIRE(error);
  CHECK(error->std_error == Approx(100 * std::sqrt(0.0416667)).epsilon(1e-5));
  CHECK(error->degrees == 3);
}

TEST_CASE("Rows that fail at the same images have no error of images", "[analysis]") {
  const ImagesOfRuns runs{{{0, 0}, images({0, 1, 0, 1})},
                          {{0, 1}, images({0, 1, 1, 1})},
                          {{1, 0}, images({0, 1, 0, 1})},
                          {{1, 1}, images({0, 1, 1, 1})}};
  CHECK(image_error(row_minus(1, 0), runs)->std_error == 0);
}

TEST_CASE("Seeds that only one of the rows has say nothing of the images", "[analysis]") {
  const ImagesOfRuns runs{{{0, 0}, images({0, 1})}, {{1, 0}, images({1, 1})}, {{1, 1}, images({1, 0})}};
  CHECK_FALSE(image_error(row_minus(1, 0), runs));
}

TEST_CASE("With images drawn anew, intervals of seeds and images cover the truth and those of seeds alone do not",
          "[analysis]") {
  // Each image is easier for one of the rows by a fixed amount; 200 images stand for all there are.
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  int of_both = 0, of_seeds = 0;
  const int experiments = 2000;
  for (int i = 0; i < experiments; ++i) {
    ImagesOfRuns runs;
    for (size_t row : {0, 1})
      for (int64_t seed : {0, 1, 2}) runs[{row, seed}] = images(std::vector<bool>(200));
    for (size_t image = 0; image < 200; ++image)
      for (size_t row : {0, 1}) {
        const double easy = 1 / (1 + std::exp(-2 * normal(random)));
        for (int64_t seed : {0, 1, 2}) runs[{row, seed}].correct[image] = uniform(random) < easy;
      }
    SeedNumbers by_seed;
    for (int64_t seed : {0, 1, 2}) {
      for (size_t image = 0; image < 200; ++image)
        by_seed[seed] += (double(runs[{1, seed}].correct[image]) - double(runs[{0, seed}].correct[image])) / 2;
    }
    const auto plain = weighted_difference(row_minus(1, 0), by_seed);
    const auto both = weighted_difference(row_minus(1, 0), by_seed, {image_error(row_minus(1, 0), runs)});
    of_seeds += plain->interval && plain->interval->low <= 0 && plain->interval->high >= 0;
    of_both += both->interval && both->interval->low <= 0 && both->interval->high >= 0;
  }
  CHECK(of_seeds < 0.92 * experiments);
  CHECK(of_both > 0.94 * experiments);
  CHECK(of_both < 0.985 * experiments);
}

TEST_CASE("Images are used where all runs that are done have those of one validation set", "[analysis]") {
  std::vector<Row> rows(2);
  for (Row& row : rows) {
    row.seeds.emplace_back();
    row.seeds[0].status = SeedStatus::done;
  }
  ImagesOfRuns runs{{{0, 0}, images({0, 1})}, {{1, 0}, images({1, 1})}};
  CHECK(images_used(rows, runs).used);
  runs[{1, 0}].validation_set = "other";
  CHECK(images_used(rows, runs).why_not == "the rows' validation images are not the same");
  runs.erase({1, 0});
  CHECK_FALSE(images_used(rows, runs).used);
  CHECK(images_used(rows, runs).why_not == "1 of 2 runs have no correct.bits, as in folders of earlier versions");
}

TEST_CASE("Errors of seeds and images keep intervals and corrected tables, whichever of them is larger", "[analysis]") {
  // Eight differences with three seeds and 500 images: errors by their distributions, 10,000 tables a ratio.
  const int differences = 8, experiments = 10000;
  const double degrees = 2, of_images = 499;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  std::chi_squared_distribution<double> seeds_squares(degrees), images_squares(of_images);
  for (const double ratio : {0.1, 0.3, 1.0, 3.0}) {  // variance of the images over that of the seeds
    int covered = 0, false_tables = 0;
    for (int i = 0; i < experiments; ++i) {
      bool any = false;
      for (int each = 0; each < differences; ++each) {
        const double mean = normal(random) * std::sqrt(1 + ratio);
        const ErrorSource seeds{std::sqrt(seeds_squares(random) / degrees), degrees};
        const ErrorSource images{std::sqrt(ratio * images_squares(random) / of_images), of_images};
        covered += reach_of(seeds, images) >= std::abs(mean);
        any = any || reach_of(seeds, images, 0.05 / differences) < std::abs(mean);
      }
      false_tables += any;
    }
    CAPTURE(ratio);
    CHECK(covered >= 0.945 * differences * experiments);
    CHECK(covered <= 0.98 * differences * experiments);
    CHECK(false_tables <= 0.055 * experiments);
  }
}

}  // namespace images_test
