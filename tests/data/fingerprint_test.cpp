#include "staircase/data/fingerprint.h"

#include "staircase/base/files.h"
#include "staircase/data/open_data.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace fingerprint_test {

using namespace staircase;
using namespace staircase::data;
namespace fs = std::filesystem;

namespace {

/// Files that nobody decodes: two classes with two images in train and one in val.
void write_images(const fs::path& folder, const std::string& val = "val") {
  for (const std::string class_name : {"cat", "dog"}) {
    make_folder(folder / "train" / class_name);
    make_folder(folder / val / class_name);
    write_file_atomically(folder / "train" / class_name / "1.jpg", "1");
    write_file_atomically(folder / "train" / class_name / "2.png", "22");
    write_file_atomically(folder / val / class_name / "1.jpg", "333");
  }
}

config::DataContent content_at(const fs::path& folder, config::DataKind kind = config::DataKind::image_folder) {
  config::DataOptions options;
  options.kind = kind;
  options.path = folder.string();
  return content_of(open_data(options, {"", "/data"}), options);
}

/// An IDX file of bytes.
std::string idx(std::vector<int> sizes, const std::string& bytes) {
  std::string text{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (int size : sizes) text += std::string{'\0', '\0', '\0', static_cast<char>(size)};
  return text + bytes;
}

void write_idx(const fs::path& folder, const std::string& pixels) {
  make_folder(folder);
  for (const std::string part : {"train", "t10k"}) {
    write_file_atomically(folder / (part + "-labels-idx1-ubyte"), idx({2}, std::string{'\0', '\1'}));
    write_file_atomically(folder / (part + "-images-idx3-ubyte"), idx({2, 1, 2}, part == "train" ? pixels : "efgh"));
  }
}

}  // namespace

TEST_CASE("A folder of images is known by its classes, counts, names and sizes, wherever it lies", "[data]") {
  const tests::TemporaryFolder folder;
  write_images(folder / "here");
  write_images(folder / "there", "validation");
  const config::DataContent here = content_at(folder / "here");
  REQUIRE(here.parts.size() == 2);
  CHECK(here.parts[0].name == "train");
  CHECK(here.parts[0].classes[0].name == "cat");
  CHECK(here.parts[0].classes[0].images == 2);
  CHECK(here.parts[1].images() == 2);
  CHECK(here.fingerprint() == content_at(folder / "there").fingerprint());
  // Names of runs hold it, so it never changes. Reckoned by hand from the definition, outside this code.
  CHECK(here.fingerprint() == "dde996344705353f");
}

TEST_CASE("Every change of a folder of images is seen", "[data]") {
  const tests::TemporaryFolder folder;
  write_images(folder / "here");
  const config::DataContent before = content_at(folder / "here");
  const auto change = [&](const std::string& file, const std::string& bytes) {
    const fs::path path = folder / "here" / file;
    const bool was = fs::exists(path), had_folder = fs::exists(path.parent_path());
    const std::string old = was ? read_file(path) : "";
    make_folder(path.parent_path());
    write_file_atomically(path, bytes);
    const std::string said = describe_change(before, content_at(folder / "here"));
    if (was) write_file_atomically(path, old);
    else fs::remove_all(had_folder ? path : path.parent_path());
    return said;
  };
  CHECK(change("train/cat/3.jpg", "1") == "train: 4 images there and 5 here (class cat: 2 and 3)");
  CHECK(change("train/dog/2.png", "333") == "train: images of the class dog are not the same (name or size of a file)");
  CHECK(change("train/emu/1.jpg", "1") == "train: the class emu is new");
  CHECK(change("train/dog/1.txt", "no image").empty());
  CHECK(change("train/dog/2.png", "2x").empty());  // what a file says is not read
}

TEST_CASE("Images that lie in memory are known by their pixels", "[data]") {
  const tests::TemporaryFolder folder;
  write_idx(folder / "here", "abcd");
  write_idx(folder / "there", "abcd");
  write_idx(folder / "other", "abcx");
  const config::DataContent here = content_at(folder / "here", config::DataKind::idx);
  CHECK(here.fingerprint() == content_at(folder / "there", config::DataKind::idx).fingerprint());
  CHECK_THAT(describe_change(here, content_at(folder / "other", config::DataKind::idx)),
             ContainsSubstring("train: images of the class 1 are not the same"));
}

TEST_CASE("Data that are drawn are described whole by their options", "[data]") {
  const config::DataOptions options;
  CHECK(config::is_described_whole(options));
  CHECK(content_of(open_data(options, {"", "/data"}), options).parts.empty());
}

}  // namespace fingerprint_test
