#include "staircase/data/loader.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <numeric>
#include <thread>

#include "data/fake_dataset.h"
#include "staircase/base/errors.h"
#include "staircase/data/open_data.h"
#include "staircase/data/sample_order.h"
#include "support/catch.h"

namespace loader_test {

using namespace staircase;
using namespace staircase::data;
using namespace staircase::tests;

namespace {

DataSource some_shapes() {
  config::DataOptions options;
  options.train_images = 50;
  options.val_images = 23;
  return open_data(options, {"test", "/data"});
}

void check_equal(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].index == b[i].index);
    CHECK(torch::equal(a[i].images, b[i].images));
    CHECK(torch::equal(a[i].labels, b[i].labels));
  }
}

Loader fake_loader(size_t count, LoaderMode mode, int64_t batch_size, config::RecipeOptions recipe = plain_recipe()) {
  return Loader(std::make_shared<FakeDataset>(count, 8), sized(8), recipe, mode, {batch_size, 2});
}

}  // namespace

TEST_CASE("What the batches hold does not depend on the number of workers or on prefetching", "[data]") {
  const DataSource source = some_shapes();
  config::RecipeOptions recipe;
  recipe.random_erasing = 0.5;
  Loader one(source.train, sized(32), recipe, LoaderMode::train, {8, 1, 5, 0, 1});
  Loader four(source.train, sized(32), recipe, LoaderMode::train, {8, 4, 5});
  for (const int64_t epoch : {0, 3}) check_equal(epoch_of(one, epoch), epoch_of(four, epoch));
}

TEST_CASE("Another order of the data holds the same images in other places", "[data]") {
  config::RecipeOptions recipe = plain_recipe();
  Loader written = fake_loader(64, LoaderMode::train, 64, recipe);
  recipe.data_order_seed = 1;
  Loader other = fake_loader(64, LoaderMode::train, 64, recipe);
  const torch::Tensor a = epoch_of(written, 0)[0].labels, b = epoch_of(other, 0)[0].labels;
  CHECK_FALSE(torch::equal(a, b));
  CHECK(torch::equal(std::get<0>(a.sort()), std::get<0>(b.sort())));
  CHECK(order_seed(5, 0) == 5);  // as it was before there was such a field
  CHECK(order_seed(0, 1) != order_seed(1, 0));
}

TEST_CASE("An epoch that begins in its middle continues as if it had run from its start", "[data]") {
  const DataSource source = some_shapes();
  Loader loader(source.train, sized(32), {}, LoaderMode::train, {8, 2});
  auto whole = epoch_of(loader, 1);
  REQUIRE(whole.size() == 6);
  whole.erase(whole.begin(), whole.begin() + 4);
  check_equal(epoch_of(loader, 1, 4), whole);
  CHECK(epoch_of(loader, 1, 6).empty());
  CHECK_THROWS_AS(loader.begin(1, 7), std::out_of_range);
  CHECK_THROWS_AS(loader.begin(1, -1), std::out_of_range);
}

TEST_CASE("Beginning anew or leaving while batches are under way is clean", "[data]") {
  const DataSource source = some_shapes();
  Loader loader(source.train, sized(32), {}, LoaderMode::train, {8, 3});
  CHECK_FALSE(loader.next());
  const auto expected = epoch_of(loader, 2);
  for (int i = 0; i < 20; ++i) loader.begin(i);
  loader.begin(7);
  REQUIRE(loader.next());
  check_equal(epoch_of(loader, 2), expected);
  loader.begin(9);  // destroyed with workers at work
}

TEST_CASE("Epochs and seeds shuffle and augment differently", "[data]") {
  const DataSource source = some_shapes();
  Loader a(source.train, sized(32), {}, LoaderMode::train, {8, 2, 0});
  Loader b(source.train, sized(32), {}, LoaderMode::train, {8, 2, 1});
  const auto first = epoch_of(a, 0), second = epoch_of(a, 1), other_seed = epoch_of(b, 0);
  CHECK_FALSE(torch::equal(first[0].images, second[0].images));
  CHECK_FALSE(torch::equal(first[0].images, other_seed[0].images));
}

TEST_CASE("Training draws each image at most once and drops the rest of the last batch", "[data]") {
  Loader loader = fake_loader(23, LoaderMode::train, 5);
  CHECK(loader.batches_per_epoch() == 4);
  const auto batches = epoch_of(loader, 0);
  for (const Batch& batch : batches) CHECK(batch.images.size(0) == 5);
  auto labels = labels_of(batches);
  REQUIRE(labels.size() == 20);
  CHECK_FALSE(std::is_sorted(labels.begin(), labels.end()));
  std::sort(labels.begin(), labels.end());
  CHECK(std::adjacent_find(labels.begin(), labels.end()) == labels.end());
}

TEST_CASE("The workers' time holds what finishes their batches", "[data]") {
  LoaderOptions options{5, 2};
  options.finish = [](int64_t, Batch&) { std::this_thread::sleep_for(std::chrono::milliseconds(10)); };
  Loader loader(std::make_shared<FakeDataset>(20, 8), sized(8), plain_recipe(), LoaderMode::train, options);
  CHECK(loader.times().finish == 0);
  epoch_of(loader, 0);
  CHECK(loader.times().finish >= 0.04);
}

TEST_CASE("Every image is equally likely to come first", "[data]") {
  std::map<size_t, int> counts;
  for (int epoch = 0; epoch < 6000; ++epoch) ++counts[shuffled_order(6, 3, epoch).front()];
  for (size_t i = 0; i < 6; ++i) CHECK(std::abs(counts[i] - 1000) < 150);  // 5 standard deviations
}

TEST_CASE("Repeated augmentation draws each image in a row and keeps the epoch's length", "[data]") {
  config::RecipeOptions recipe = plain_recipe();
  recipe.repeated_augmentation = 3;
  recipe.random_erasing = 1;
  Loader loader = fake_loader(20, LoaderMode::train, 6, recipe);
  const auto batches = epoch_of(loader, 0);
  REQUIRE(batches.size() == 3);
  const auto labels = labels_of(batches);
  for (size_t i = 0; i < labels.size(); ++i) CHECK(labels[i] == labels[i - i % 3]);
  CHECK(std::set<int64_t>(labels.begin(), labels.end()).size() == 6);
  CHECK_FALSE(torch::equal(batches[0].images[0], batches[0].images[1]));
}

TEST_CASE("Evaluation gives every image once, in order, the last batch smaller", "[data]") {
  Loader loader = fake_loader(23, LoaderMode::eval, 5);
  const auto batches = epoch_of(loader, 0);
  REQUIRE(batches.size() == 5);
  CHECK(batches.back().images.size(0) == 3);
  std::vector<int64_t> expected(23);
  std::iota(expected.begin(), expected.end(), 0);
  CHECK(labels_of(batches) == expected);
}

TEST_CASE("Images arrive normalized, float, channels_last, with the label of their index", "[data]") {
  Loader loader = fake_loader(10, LoaderMode::train, 10);
  const Batch batch = epoch_of(loader, 0).at(0);
  CHECK(batch.images.sizes() == torch::IntArrayRef({10, 3, 8, 8}));
  CHECK(batch.images.is_contiguous(torch::MemoryFormat::ChannelsLast));
  CHECK(batch.images.scalar_type() == torch::kFloat32);
  CHECK(batch.labels.scalar_type() == torch::kInt64);
  for (int64_t i = 0; i < 10; ++i) {
    const double value = static_cast<double>((7 * batch.labels[i].item<int64_t>() + 11) % 256) / 255.0;
    CHECK(batch.images[i][0].min().item<double>() == Approx((value - 0.485) / 0.229).epsilon(1e-5));
    CHECK(batch.images[i][2].max().item<double>() == Approx((value - 0.406) / 0.225).epsilon(1e-5));
  }
}

TEST_CASE("Gray images go through the whole recipe and take the average of mean and std", "[data]") {
  LoaderOptions options{4, 2};
  options.channels = 1;
  Loader augmented(std::make_shared<FakeDataset>(40, 30, 1), sized(24), {}, LoaderMode::train, options);
  for (const Batch& batch : epoch_of(augmented, 0)) {
    CHECK(batch.images.sizes() == torch::IntArrayRef({4, 1, 24, 24}));
    CHECK(torch::isfinite(batch.images).all().item<bool>());
  }
  Loader plain(std::make_shared<FakeDataset>(4, 24, 1), sized(24), {}, LoaderMode::eval, options);
  const Batch batch = epoch_of(plain, 0).at(0);
  CHECK(batch.images[0].min().item<double>() == Approx((11 / 255.0 - 0.449) / 0.226).epsilon(1e-5));
}

TEST_CASE("A batch in micro-batches holds the same rows, each micro-batch a stretch and its mirror image", "[data]") {
  const DataSource source = some_shapes();
  for (const auto& [batch_size, micro, parts] :
       std::vector<std::array<int64_t, 3>>{{8, 2, 4}, {8, 6, 2}, {8, 8, 1}, {9, 4, 2}, {9, 2, 4}, {1, 2, 1}}) {
    INFO(batch_size << " in micro-batches of " << micro);
    LoaderOptions options{batch_size, 2, 4};
    Loader whole_loader(source.train, sized(32), {}, LoaderMode::train, options);
    options.micro_batch_size = micro;
    Loader loader(source.train, sized(32), {}, LoaderMode::train, options);
    CHECK(loader.batches_per_epoch() == whole_loader.batches_per_epoch());
    const auto whole = epoch_of(whole_loader, 2, 1), cut = epoch_of(loader, 2, 1);
    REQUIRE(static_cast<int64_t>(cut.size()) == parts * static_cast<int64_t>(whole.size()));
    for (size_t k = 0; k < cut.size(); ++k) {
      const Batch& all = whole[k / static_cast<size_t>(parts)];
      CHECK(cut[k].index == all.index);
      const int64_t size = cut[k].images.size(0);
      for (int64_t i = 0; i < size; ++i) {
        const int64_t place = cut[k].rows.place(i);
        CHECK(torch::equal(cut[k].images[i], all.images[place]));
        CHECK(torch::equal(cut[k].labels[i], all.labels[place]));
        CHECK(cut[k].rows.place(size - 1 - i) == batch_size - 1 - place);
      }
    }
  }
}

TEST_CASE("A training micro-batch is finished once, by a worker, when all its images are there", "[data]") {
  const DataSource source = some_shapes();
  LoaderOptions options{8, 3, 4, 4};
  const std::thread::id here = std::this_thread::get_id();
  std::atomic<int> elsewhere{0};
  options.finish = [&](int64_t epoch, Batch& batch) {
    elsewhere += std::this_thread::get_id() != here;
    batch.images.mul_(static_cast<double>(epoch));
  };
  Loader plain(source.train, sized(32), {}, LoaderMode::train, {8, 1, 4, 4});
  Loader finished(source.train, sized(32), {}, LoaderMode::train, options);
  auto expected = epoch_of(plain, 3);
  for (Batch& batch : expected) batch.images = batch.images * 3.0;
  check_equal(epoch_of(finished, 3), expected);
  CHECK(elsewhere == 12);
  options.finish = [](int64_t, Batch&) { throw std::runtime_error("no such mask"); };
  Loader failing(source.train, sized(32), {}, LoaderMode::train, options);
  failing.begin(0);
  CHECK_THROWS_WITH(failing.next(), "no such mask");
}

TEST_CASE("Images are made ahead as far as the bytes for them reach, and at least a micro-batch", "[data]") {
  class Counting : public FakeDataset {
   public:
    Counting() : FakeDataset(64, 8) {}
    Image image(size_t index) const override {
      ++made;
      return FakeDataset::image(index);
    }
    mutable std::atomic<int64_t> made{0};
  };
  const int64_t image_bytes = 3 * 8 * 8 * 4;
  for (const auto& [bytes, images] :
       std::vector<std::array<int64_t, 2>>{{1, 4}, {8 * image_bytes, 8}, {11 * image_bytes, 8}, {1 << 30, 48}}) {
    const auto data = std::make_shared<Counting>();
    LoaderOptions options{16, 2, 0, 4, bytes};
    Loader loader(data, sized(8), plain_recipe(), LoaderMode::train, options);
    loader.begin(0);
    for (int tries = 0; tries < 500 && data->made < images; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    CHECK(data->made == images);
  }
}

TEST_CASE("Counts below 1, an odd micro-batch, a batch larger than the data and wrong channels are refused", "[data]") {
  const auto data = std::make_shared<FakeDataset>(5, 8);
  CHECK_THROWS_AS(Loader(data, sized(8), {}, LoaderMode::train, {0, 1}), std::invalid_argument);
  CHECK_THROWS_AS(Loader(data, sized(8), {}, LoaderMode::train, {1, 0}), std::invalid_argument);
  CHECK_THROWS_AS(Loader(data, sized(8), {}, LoaderMode::train, {4, 1, 0, 3}), std::invalid_argument);
  CHECK_THROWS_WITH(Loader(data, sized(8), {}, LoaderMode::train, {6, 1}),
                    "a batch of 6 images is more than the 5 that the data has");
  LoaderOptions gray{2, 1};
  gray.channels = 1;
  Loader loader(data, sized(8), {}, LoaderMode::eval, gray);
  loader.begin(0);
  CHECK_THROWS_WITH(loader.next(), "fake 0: has 3 channels, expected 1");
}

TEST_CASE("Memory of a batch is not written again while anybody holds a view of it", "[data]") {
  Loader loader(std::make_shared<FakeDataset>(64, 8), sized(8), plain_recipe(), LoaderMode::train, {4, 1});
  std::vector<std::pair<torch::Tensor, torch::Tensor>> held;
  for (int64_t epoch = 0; epoch < 3; ++epoch) {
    loader.begin(epoch);
    for (int i = 0; const auto batch = loader.next(); ++i)
      if (i % 2 == 0) held.emplace_back(batch->images[1], batch->images[1].clone());
  }
  CHECK(held.size() == 24);
  for (const auto& [view, copy] : held) CHECK(torch::equal(view, copy));
}

}  // namespace loader_test
