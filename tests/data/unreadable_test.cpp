#include <sys/resource.h>

#include <thread>

#include "data/fake_dataset.h"
#include "staircase/data/decode.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace unreadable_test {

using namespace staircase;
using namespace staircase::data;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// No file can be opened in its scope, as where a program has too many open.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

/// One image of a folder that is not there, though it was listed.
class Vanished : public tests::FakeDataset {
 public:
  Vanished(size_t count, size_t gone) : FakeDataset(count, 8), gone_(gone) {}
  Image image(size_t index) const override {
    return index == gone_ ? decode_image("/was/here/1.jpg", {1ms}) : FakeDataset::image(index);
  }

 private:
  size_t gone_;
};

}  // namespace

TEST_CASE("An image that cannot be opened for a moment is read a moment later", "[data]") {
  const Image expected = decode_image(tests::reference_file("images/rgb.png"));
  std::optional<NoMoreFiles> limit(std::in_place);
  std::jthread later([&] {
    std::this_thread::sleep_for(50ms);
    limit.reset();
  });
  CHECK(decode_image(tests::reference_file("images/rgb.png")) == expected);
}

TEST_CASE("An image whose file cannot be read is not a damaged one", "[data]") {
  const tests::TemporaryFolder folder;
  fs::create_directory(folder / "folder.jpg");
  CHECK_THROWS_AS(decode_image(folder / "folder.jpg"), UnreadableFile);
  CHECK_THROWS_AS(decode_image("/does/not/exist.png", {1ms}), UnreadableFile);
  const NoMoreFiles limit;
  CHECK_THROWS_WITH(decode_image(tests::reference_file("images/rgb.png"), {1ms, 2ms}),
                    ContainsSubstring("rgb.png: cannot be read: Too many open files (tried 3 times in 0.0 s)"));
}

TEST_CASE("An image that cannot be read ends the epoch, however many may be damaged", "[data]") {
  for (const LoaderMode mode : {LoaderMode::train, LoaderMode::eval}) {
    const auto data = std::make_shared<Vanished>(12, 5);
    Loader loader(data, tests::sized(8, 1.0), tests::plain_recipe(), mode, {12, 2});
    loader.begin(0);
    CHECK_THROWS_WITH(loader.next(),
                      "/was/here/1.jpg: cannot be read: No such file or directory "
                      "(tried 2 times in 0.0 s)");
    CHECK(loader.bad_images().empty());
  }
}

}  // namespace unreadable_test
