#include "staircase/data/pack.h"

#include <fstream>

#include "data/jpeg_files.h"
#include "staircase/base/errors.h"
#include "staircase/base/file_lock.h"
#include "staircase/base/files.h"
#include "staircase/data/fingerprint.h"
#include "staircase/data/image_folder.h"
#include "staircase/data/shards.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace pack_test {

using namespace staircase;
using namespace staircase::data;
namespace fs = std::filesystem;
using tests::TemporaryFolder;

namespace {

/// Classes of different sizes; the validation images lack one, and one name is long and has other letters than ASCII.
void make_folder_of_images(const fs::path& folder) {
  const auto put = [&](const std::string& name, const std::string& source) {
    fs::create_directories((folder / name).parent_path());
    fs::copy_file(tests::reference_file("images/" + source), folder / name);
  };
  for (int i = 0; i < 5; ++i) put("train/cat/" + std::to_string(i) + ".jpg", i % 2 ? "rgb.jpg" : "orientation_6.jpg");
  put("train/dog/a.png", "rgb.png");
  put("train/dog/b.webp", "rgb.webp");
  put("train/dog/" + std::string(140, 'x') + "\xc3\xa4.jpg", "gray.jpg");
  put("train/emu/e.tif", "rgb.tif");
  put("validation/cat/1.jpg", "progressive.jpg");
  put("validation/emu/2.png", "gray.png");
  fs::create_directories(folder / "train/dog/not an image");
}

struct Packing {
  Packing() {
    make_folder_of_images(folder / "in");
    PackOptions options;
    options.shard_bytes = 4000;
    options.workers = 2;
    packed = pack_folder(folder / "in", folder / "out", options);
  }
  fs::path shard(const std::string& begin) const {
    for (const auto& entry : fs::directory_iterator(folder / "out"))
      if (entry.path().filename().string().starts_with(begin)) return entry.path();
    FAIL("there is no " << begin);
    return {};
  }
  TemporaryFolder folder;
  Packed packed;
};

void require_same(const Dataset& a, const Dataset& b) {
  REQUIRE(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    CHECK(a.label(i) == b.label(i));
    CHECK(a.image(i) == b.image(i));
  }
  std::vector<std::pair<std::string, uint64_t>> files[2];
  a.visit_files([&](std::string_view name, uint64_t bytes) { files[0].emplace_back(name, bytes); });
  b.visit_files([&](std::string_view name, uint64_t bytes) { files[1].emplace_back(name, bytes); });
  CHECK(files[0] == files[1]);
}

void change(const fs::path& file, uint64_t at, char byte) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(byte);
}

}  // namespace

TEST_CASE("Shards hold the images, names, classes and order of the folder that was packed", "[data]") {
  const Packing p;
  const DataSource folder = open_image_folder(p.folder / "in");
  for (const bool with_index : {true, false}) {
    INFO((with_index ? "with" : "without") << " the index");
    if (!with_index) fs::remove(p.folder / "out" / shard_index_name);
    const DataSource shards = open_shards(p.folder / "out");
    CHECK(shards.class_names == folder.class_names);
    require_same(*folder.train, *shards.train);
    require_same(*folder.val, *shards.val);
    CHECK_FALSE(shards.test);
  }
  CHECK(p.packed.images == 11);
  CHECK(p.packed.shards > 2);
  CHECK(p.packed.encoded == 0);
}

TEST_CASE("Shards have the fingerprint of the folder that was packed", "[data]") {
  const Packing p;
  config::DataOptions as_folder, as_shards;
  as_folder.kind = config::DataKind::image_folder;
  as_shards.kind = config::DataKind::shards;
  const config::DataContent folder = content_of(open_image_folder(p.folder / "in"), as_folder);
  const config::DataContent shards = content_of(open_shards(p.folder / "out"), as_shards);
  CHECK(folder.fingerprint() == shards.fingerprint());
  CHECK(describe_change(folder, shards).empty());
}

TEST_CASE("Packing twice gives the same bytes", "[data]") {
  const Packing p;
  PackOptions options;
  options.shard_bytes = 4000;
  pack_folder(p.folder / "in", p.folder / "again", options);
  for (const auto& entry : fs::directory_iterator(p.folder / "out"))
    CHECK(read_file(entry.path()) == read_file(p.folder / "again" / entry.path().filename().string()));
}

TEST_CASE("Only images that are larger are shrunk and encoded anew", "[data]") {
  const TemporaryFolder folder;
  for (const std::string part : {"train", "val"}) {
    fs::create_directories(folder / ("in/" + part + "/cat"));
    write_file_atomically(folder / ("in/" + part + "/cat/large.jpg"), tests::make_jpeg({"", JCS_YCbCr, 2, 2}, 120, 90));
    write_file_atomically(folder / ("in/" + part + "/cat/small.jpg"), tests::make_jpeg({"", JCS_YCbCr, 2, 2}, 50, 40));
    write_file_atomically(folder / ("in/" + part + "/cat/damaged.jpg"), "\xff\xd8\xff\xd9");
  }
  std::vector<std::string> warnings;
  PackOptions options;
  options.shorter_side_px = 45;
  options.on_warning = [&](const std::string& text) { warnings.push_back(text); };
  CHECK(pack_folder(folder / "in", folder / "out", options).encoded == 2);
  const DataSource before = open_image_folder(folder / "in"), after = open_shards(folder / "out");
  CHECK_THROWS_AS(after.train->image(0), BadImage);
  CHECK((after.train->image(1).width == 60 && after.train->image(1).height == 45));
  CHECK(after.train->image(2) == before.train->image(2));
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], ContainsSubstring("train/cat/damaged.jpg: declares no size; it is packed as it is"));
}

TEST_CASE("A pack appears whole or not at all", "[data]") {
  const TemporaryFolder folder;
  make_folder_of_images(folder / "in");
  fs::remove(folder / "in/validation/emu/2.png");
  fs::create_symlink("/does/not/exist", folder / "in/validation/emu/3.png");
  CHECK_THROWS_AS(pack_folder(folder / "in", folder / "out", {}), RequestError);
  CHECK_FALSE(fs::exists(folder / "out"));
  PackOptions stops;
  stops.on_progress = [](uint64_t done, uint64_t) {
    if (done == 7) throw std::runtime_error("stopped");
  };
  fs::copy_file(tests::reference_file("images/rgb.png"), folder / "in/validation/emu/2.png");
  CHECK_THROWS_WITH(pack_folder(folder / "in", folder / "out", stops), "stopped");
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  pack_folder(folder / "in", folder / "out", {});
  CHECK_THROWS_WITH(pack_folder(folder / "in", folder / "out", {}), ContainsSubstring("out: is there already"));
}

TEST_CASE("A pack goes where it was told, with a slash at the end or without", "[data]") {
  const TemporaryFolder folder;
  make_folder_of_images(folder / "in");
  for (const std::string out : {"one/", "two//", "three/.", "deep/four/"}) {
    INFO(out);
    CHECK(pack_folder(folder / "in", folder / out, {}).images == 11);
    CHECK(open_shards(folder / out).train->size() == 9);
  }
}

TEST_CASE("A pack removes no folder that it did not make", "[data]") {
  const TemporaryFolder folder;
  make_folder_of_images(folder / "in");
  write_file_atomically(folder / "mine", "kept");
  fs::create_directory(folder / "out.unfinished");
  fs::rename(folder / "mine", folder / "out.unfinished/mine");
  CHECK_THROWS_WITH(pack_folder(folder / "in", folder / "out", {}),
                    ContainsSubstring("out.unfinished: is there already"));
  CHECK(read_file(folder / "out.unfinished/mine") == "kept");
}

TEST_CASE("What a killed pack left is begun anew, and what another still writes is left to it", "[data]") {
  const TemporaryFolder folder;
  make_folder_of_images(folder / "in");
  fs::create_directory(folder / "out.unfinished");
  write_file_atomically(folder / "out.unfinished/train-000000.tar", "half a shard");
  {
    const auto other = FileLock::try_take(folder / "out.unfinished/packing.lock");
    CHECK_THROWS_WITH(pack_folder(folder / "in", folder / "out", {}),
                      ContainsSubstring("another pack is writing there"));
    CHECK(read_file(folder / "out.unfinished/train-000000.tar") == "half a shard");
  }
  write_file_atomically(folder / "out.unfinished/packing.lock", "");  // its owner was killed
  CHECK(pack_folder(folder / "in", folder / "out", {}).images == 11);
  CHECK_FALSE(fs::exists(folder / "out/packing.lock"));
  CHECK_FALSE(fs::exists(folder / "out.unfinished"));
}

TEST_CASE("A pack without workers is refused", "[data]") {
  const TemporaryFolder folder;
  make_folder_of_images(folder / "in");
  PackOptions options;
  options.workers = 0;
  CHECK_THROWS_AS(pack_folder(folder / "in", folder / "out", options), std::invalid_argument);
}

TEST_CASE("A shard that is missing, cut, changed or added is refused by its name", "[data]") {
  for (const bool with_index : {true, false}) {
    INFO((with_index ? "with" : "without") << " the index");
    const Packing p;
    if (!with_index) fs::remove(p.folder / "out" / shard_index_name);
    const fs::path first = p.shard("train-000000"), moved = p.folder / "elsewhere";
    const auto opens = [&] { return open_shards(p.folder / "out"); };
    fs::rename(first, moved);
    CHECK_THROWS_WITH(opens(), ContainsSubstring(first.filename().string() + ": is missing"));
    fs::rename(moved, first);
    const auto whole = fs::file_size(first);
    fs::resize_file(first, whole / 2);
    CHECK_THROWS_WITH(opens(), ContainsSubstring(first.filename().string() + ": is cut short") ||
                                   ContainsSubstring(first.filename().string() + ": is damaged"));
  }
  const Packing p;
  const fs::path train = p.shard("train-000000");
  const std::string bytes = read_file(train);
  write_file_atomically(train, bytes + std::string(512, '\0'));
  CHECK_THROWS_WITH(open_shards(p.folder / "out"), ContainsSubstring(": was changed: it has "));
  write_file_atomically(train, bytes);
  write_file_atomically(p.folder / "out/test-000000-of-000001.tar", bytes);
  CHECK_THROWS_WITH(open_shards(p.folder / "out"),
                    ContainsSubstring("test-000000-of-000001.tar: is not in shards.index"));
}

TEST_CASE("A shard with a damaged header is refused, and one with a damaged image has a damaged image", "[data]") {
  const Packing p;
  const fs::path train = p.shard("train-000000");
  const DataSource before = open_shards(p.folder / "out");
  const uint64_t content = scan_shard(train, false).members.at(0).offset;
  change(train, content + 300, '!');
  CHECK_THROWS_WITH(
      open_shards(p.folder / "out").train->image(0),
      ContainsSubstring(train.filename().string() + ": cat/0.jpg: is damaged: it is not what was packed"));
  CHECK_NOTHROW(open_shards(p.folder / "out").train->image(1));
  fs::remove(p.folder / "out" / shard_index_name);
  change(train, content - 300, '!');
  CHECK_THROWS_AS(open_shards(p.folder / "out"), RequestError);
}

TEST_CASE("An index with any byte damaged is refused", "[data]") {
  const Packing p;
  const fs::path file = p.folder / "out" / shard_index_name;
  const std::string whole = read_file(file);
  for (size_t at = 0; at < whole.size(); at += 1 + whole.size() / 50) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    write_file_atomically(file, bytes);
    CHECK_THROWS_WITH(open_shards(p.folder / "out"), ContainsSubstring("shards.index: is damaged"));
    write_file_atomically(file, whole.substr(0, at));
    CHECK_THROWS_WITH(open_shards(p.folder / "out"), ContainsSubstring("shards.index: is damaged"));
  }
}

TEST_CASE("A folder without shards, or with other files in them, is refused in a sentence", "[data]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(open_shards(folder.path()), ContainsSubstring("has no shards"));
  for (const std::string name : {"train-000000-of-000001.tar", "val-000000-of-000001.tar"})
    write_file_atomically(folder / name, std::string(3000, 'x'));
  CHECK_THROWS_WITH(open_shards(folder.path()), ContainsSubstring("train-000000-of-000001.tar: is "));
}

}  // namespace pack_test
