#include "staircase/data/findings.h"

#include "staircase/base/files.h"
#include "staircase/data/image_folder.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace findings_test {

using namespace staircase;
using namespace staircase::data;
using tests::TemporaryFolder;

namespace {

/// Files that nobody decodes.
void write(const std::filesystem::path& file, const std::string& content) {
  make_folder(file.parent_path());
  write_file_atomically(file, content);
}

std::string number(const char* name, int i) { return std::string(name) + std::to_string(i) + ".jpg"; }

Findings find(const TemporaryFolder& folder, const SearchLimits& limits = {}) {
  return find_in_data(open_image_folder(folder.path()), limits);
}

/// Two classes, three training images and one validation image of each, all different.
void write_plain(const TemporaryFolder& folder) {
  for (const std::string name : {"cat", "dog"}) {
    for (int i = 0; i < 3; ++i) write(folder / number(("train/" + name + "/").c_str(), i), name + std::to_string(i));
    write(folder / ("val/" + name + "/v.jpg"), name + "v");
  }
}

}  // namespace

TEST_CASE("A data set without peculiarities is told by its numbers alone", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  const Findings found = find(folder);
  CHECK(found.notes == std::vector<std::string>{"train: 6 images, 2 classes; val: 2 images"});
  CHECK(found.warnings.empty());
}

TEST_CASE("What was left out is told once for all parts", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  for (const char* name : {"train/cat/a.heic", "val/dog/a.HEIC", "train/dog/notes.txt", "val/cat/Thumbs.db"})
    write(folder / name, "x");
  CHECK(find(folder).notes == std::vector<std::string>{"train: 6 images, 2 classes; val: 2 images",
                                                       "3 files were left out: .heic 2, .txt 1",
                                                       "left by the operating system and ignored: Thumbs.db 1"});
}

TEST_CASE("A class without validation images is warned of", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  write(folder / "train/fox/1.jpg", "fox");
  CHECK(find(folder).warnings ==
        std::vector<std::string>{"1 class has no validation image, so no score speaks of it: fox"});
}

TEST_CASE("Classes differ extremely from more than twenty to one on", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  for (int i = 3; i < 60; ++i) write(folder / number("train/cat/", i), "cat" + std::to_string(i));
  CHECK(find(folder).warnings.empty());  // 60 to 3
  write(folder / "train/cat/60.jpg", "cat60");
  REQUIRE(find(folder).warnings.size() == 1);
  CHECK_THAT(find(folder).warnings[0], ContainsSubstring("the classes differ extremely: of the training images cat "
                                                         "has 61, dog has 3"));
}

TEST_CASE("Images of another part that are training images too are found by their content", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  const std::string start(5000, 'a'), end(5000, 'z');  // alike at both ends
  write(folder / "train/dog/x.jpg", start + "one" + end);
  write(folder / "val/dog/w.jpg", start + "two" + end);
  CHECK(find(folder).warnings.empty());
  write(folder / "val/cat/copy.jpg", start + "one" + end);
  write(folder / "test/dog/1.jpg", "dog1");
  const auto warnings = find(folder).warnings;
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0] ==
        "1 of 4 validation images are training images too, byte for byte, which makes scores too high: " +
            (folder / "val/cat/copy.jpg").string() + " is " + (folder / "train/dog/x.jpg").string());
  CHECK_THAT(warnings[1], ContainsSubstring("1 of 1 test images"));
}

TEST_CASE("A photograph in two training classes is found by its content, and one twice in a class is not", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  write(folder / "train/dog/again.jpg", "dog1");
  CHECK(find(folder).warnings.empty());
  write(folder / "train/cat/also.jpg", "dog1");
  CHECK(find(folder).warnings ==
        std::vector<std::string>{"3 of 8 training images stand in two classes, byte for byte, so that no network can "
                                 "learn them all: " +
                                 (folder / "train/cat/also.jpg").string() + " is " +
                                 (folder / "train/dog/1.jpg").string()});
}

TEST_CASE("Files that differ behind an equal middle are no twins", "[data]") {
  const TemporaryFolder folder;
  write_plain(folder);
  const std::string same(5000, 'm');
  write(folder / "train/dog/x.jpg", "left" + same + "end");
  write(folder / "val/dog/w.jpg", "LEFT" + same + "end");
  CHECK(find(folder).warnings.empty());
}

TEST_CASE("A search that its limits end says how far it came", "[data]") {
  const TemporaryFolder folder;
  for (int i = 100; i < 150; ++i) {
    write(folder / number("train/cat/", i), "t" + std::to_string(i));
    write(folder / number("val/cat/", i), "v" + std::to_string(i));
  }
  CHECK(find(folder).notes.size() == 1);
  const Findings limited = find(folder, {60, 1000});
  REQUIRE(limited.notes.size() == 2);  // one class, so no image stands in two
  CHECK(limited.notes[1] == "none of 10 validation images that were looked at, of 50, is a training image");
}

}  // namespace findings_test
