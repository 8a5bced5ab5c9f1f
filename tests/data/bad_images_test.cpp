#include <algorithm>

#include "data/fake_dataset.h"
#include "support/catch.h"

namespace bad_images_test {

using namespace staircase;
using namespace staircase::data;
using namespace staircase::tests;

namespace {

struct Warned {
  std::vector<std::string> messages;
  LoaderOptions options(int64_t batch_size, int64_t workers = 2) {
    LoaderOptions options{batch_size, workers};
    options.on_warning = [this](const std::string& message) { messages.push_back(message); };
    return options;
  }
};

}  // namespace

TEST_CASE("A damaged training image is replaced by the next good one and named once", "[data]") {
  const auto data = std::make_shared<FakeDataset>(12, 8, 3, std::set<size_t>{4, 5, 11});
  Warned warned;
  Loader loader(data, sized(8), plain_recipe(), LoaderMode::train, warned.options(4));
  for (int epoch = 0; epoch < 3; ++epoch) {
    auto labels = labels_of(epoch_of(loader, epoch));
    std::sort(labels.begin(), labels.end());
    CHECK(labels == std::vector<int64_t>{0, 0, 1, 2, 3, 6, 6, 6, 7, 8, 9, 10});
  }
  std::sort(warned.messages.begin(), warned.messages.end());
  const std::string end = ": is damaged; in training the next image that can be read takes its place";
  CHECK(warned.messages == std::vector<std::string>{"fake 11" + end, "fake 4" + end, "fake 5" + end});
  CHECK(loader.bad_images() == std::set<size_t>{4, 5, 11});
}

TEST_CASE("Damaged images are left out of evaluation", "[data]") {
  const auto data = std::make_shared<FakeDataset>(10, 8, 3, std::set<size_t>{1, 4, 5, 6, 7});
  Warned warned;
  Loader loader(data, sized(8), plain_recipe(), LoaderMode::eval, warned.options(4));
  const auto batches = epoch_of(loader, 0);
  CHECK(labels_of(batches) == std::vector<int64_t>{0, 2, 3, 8, 9});
  CHECK(std::count(warned.messages.begin(), warned.messages.end(), "fake 4: is damaged; it is left out") == 1);
  REQUIRE(batches.size() == 2);  // the second batch had no good image
  CHECK(batches[0].images.size(0) == 3);
  CHECK(batches[0].images.is_contiguous(torch::MemoryFormat::ChannelsLast));
  CHECK(batches[0].images[1][0][0][0].item<double>() == Approx((25 / 255.0 - 0.485) / 0.229).epsilon(1e-5));
  CHECK(batches[1].index == 2);
}

TEST_CASE("More damaged images than allowed end the run with one sentence", "[data]") {
  const auto data = std::make_shared<FakeDataset>(20, 8, 3, std::set<size_t>{3, 8, 9});
  for (const LoaderMode mode : {LoaderMode::train, LoaderMode::eval}) {
    Loader loader(data, sized(8, 0.1), plain_recipe(), mode, {20, 1});
    loader.begin(0);
    CHECK_THROWS_WITH(loader.next(),
                      "3 of 20 images are damaged, more than the 10.00 % that /data/max_bad_fraction "
                      "allows: fake 3: is damaged; fake 8: is damaged; fake 9: is damaged");
    CHECK_THROWS_AS(loader.next(), std::runtime_error);
  }
  Loader allowed(data, sized(8, 0.15), plain_recipe(), LoaderMode::train, {20, 1});
  CHECK(epoch_of(allowed, 0).size() == 1);
}

TEST_CASE("The first damaged image ends a strict run with the names of five and the number of all", "[data]") {
  const auto data = std::make_shared<FakeDataset>(20, 8, 3, std::set<size_t>{1, 3, 5, 7, 9, 11, 19});
  Loader loader(data, sized(8, 0.0), plain_recipe(), LoaderMode::eval, {4, 2});
  loader.begin(0);
  CHECK_THROWS_WITH(loader.next(),
                    "7 of 20 images are damaged, more than the 0.00 % that /data/max_bad_fraction "
                    "allows: fake 1: is damaged; fake 3: is damaged; fake 5: is damaged; "
                    "fake 7: is damaged; fake 9: is damaged and 2 more");
}

TEST_CASE("A search for damaged images that its time ends says how far it came", "[data]") {
  const FakeDataset data(20, 8, 3, {4, 7});
  BadImages bad(20, 0.0);
  CHECK_FALSE(bad.add(7, "fake 7: is damaged"));
  CHECK(bad.too_many(data, 0) ==
        "1 of 1 images that were looked at, of 20, is damaged, more than the 0.00 % that "
        "/data/max_bad_fraction allows: fake 7: is damaged");
}

TEST_CASE("A data set of damaged images alone ends the run even where all are allowed", "[data]") {
  const auto data = std::make_shared<FakeDataset>(3, 8, 3, std::set<size_t>{0, 1, 2});
  Loader loader(data, sized(8, 1.0), plain_recipe(), LoaderMode::train, {3, 2});
  loader.begin(0);
  CHECK_THROWS_WITH(loader.next(), "all 3 images are damaged");
}

TEST_CASE("Restored damaged images are neither read nor named again, with the same batches", "[data]") {
  const auto data = std::make_shared<FakeDataset>(12, 8, 3, std::set<size_t>{4, 5});
  Warned warned, again;
  Loader loader(data, sized(8), plain_recipe(), LoaderMode::train, warned.options(4));
  const auto labels = labels_of(epoch_of(loader, 3));
  Loader restored(data, sized(8), plain_recipe(), LoaderMode::train, again.options(4));
  restored.restore_bad_images(loader.bad_images());
  CHECK(labels_of(epoch_of(restored, 3)) == labels);
  CHECK(warned.messages.size() == 2);
  CHECK(again.messages.empty());
  CHECK_THROWS_AS(restored.restore_bad_images({12}), std::out_of_range);
}

}  // namespace bad_images_test
