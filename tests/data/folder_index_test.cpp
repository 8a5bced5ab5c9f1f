#include <chrono>

#include "staircase/base/files.h"
#include "staircase/data/image_folder.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace folder_index_test {

using namespace staircase;
using namespace staircase::data;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A small folder of images that nobody has touched for an hour.
struct Photographs {
  Photographs() {
    for (const char* part : {"train/cat", "train/dog", "val/cat", "val/dog", "test/dog"}) {
      add(std::string(part) + "/b.png");
      add(std::string(part) + "/a.png");
    }
    rest();
  }

  void add(const std::string& name) const {
    fs::create_directories((folder / name).parent_path());
    fs::copy_file(tests::reference_file("images/rgb.png"), folder / name);
  }

  void rest() const {
    const auto then = fs::file_time_type::clock::now() - 1h;
    for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
      if (entry.is_directory()) fs::last_write_time(entry.path(), then);
    fs::last_write_time(folder.path(), then);
  }

  DataSource open() const { return open_image_folder(folder.path(), index()); }
  /// Whether a source was listed and not read from the index.
  static bool was_listed(const DataSource& source) { return source.keep_index != nullptr; }
  void keep() const {
    const DataSource source = open();
    REQUIRE(source.keep_index);
    source.keep_index();
    REQUIRE(fs::exists(index()));
  }

  fs::path index() const { return beside / "data.index"; }

  tests::TemporaryFolder folder, beside;
};

using Files = std::vector<std::pair<std::string, uint64_t>>;

Files files_of(const std::shared_ptr<const Dataset>& dataset) {
  Files files;
  dataset->visit_files([&](std::string_view name, uint64_t bytes) { files.emplace_back(name, bytes); });
  return files;
}

void check_equal(const DataSource& a, const DataSource& b) {
  CHECK(a.class_names == b.class_names);
  CHECK(a.passed_over == b.passed_over);
  for (const auto member : {&DataSource::train, &DataSource::val, &DataSource::test}) {
    REQUIRE((a.*member && b.*member));
    REQUIRE((a.*member)->size() == (b.*member)->size());
    CHECK(files_of(a.*member) == files_of(b.*member));
    for (size_t i = 0; i < (a.*member)->size(); ++i) {
      CHECK((a.*member)->name(i) == (b.*member)->name(i));
      CHECK((a.*member)->label(i) == (b.*member)->label(i));
    }
  }
}

}  // namespace

TEST_CASE("The files of a folder are told by relative name and size, in the order of the images", "[data]") {
  const Photographs photographs;
  const uint64_t bytes = fs::file_size(tests::reference_file("images/rgb.png"));
  const DataSource source = open_image_folder(photographs.folder.path());
  CHECK(files_of(source.train) == Files{{"train/cat/a.png", bytes},
                                        {"train/cat/b.png", bytes},
                                        {"train/dog/a.png", bytes},
                                        {"train/dog/b.png", bytes}});
  CHECK(files_of(source.test) == Files{{"test/dog/a.png", bytes}, {"test/dog/b.png", bytes}});
  CHECK_FALSE(source.keep_index);  // it was opened without one
}

TEST_CASE("An index gives what listing the folders gave", "[data]") {
  const Photographs photographs;
  for (const char* name : {"train/cat/a.heic", "val/dog/Thumbs.db", ".DS_Store"})
    write_file_atomically(photographs.folder / name, "x");
  photographs.rest();
  const DataSource listed = photographs.open();
  CHECK(Photographs::was_listed(listed));
  CHECK(listed.passed_over.left_out.at(".heic") == 1);
  CHECK_FALSE(fs::exists(photographs.index()));  // opening writes nothing
  photographs.keep();
  const DataSource indexed = photographs.open();
  CHECK_FALSE(Photographs::was_listed(indexed));
  check_equal(indexed, listed);
  CHECK(indexed.train->image(3) == listed.train->image(3));
  CHECK_THROWS_AS(indexed.train->label(4), std::out_of_range);
}

TEST_CASE("An index is not taken when a name came, went or changed anywhere", "[data]") {
  const auto changes = std::vector<std::function<void(const Photographs&)>>{
      [](const Photographs& p) { p.add("train/dog/c.png"); },
      [](const Photographs& p) { fs::remove(p.folder / "val/cat/a.png"); },
      [](const Photographs& p) { fs::rename(p.folder / "test/dog/a.png", p.folder / "test/dog/z.png"); },
      [](const Photographs& p) { p.add("train/bird/a.png"); },
      [](const Photographs& p) { fs::remove_all(p.folder / "val/cat"); },
      [](const Photographs& p) { fs::remove_all(p.folder / "test"); },
      // The same names and times in another folder, as after a copy that keeps them.
      [](const Photographs& p) {
        fs::rename(p.folder / "train/dog", p.folder / "old");
        p.add("train/dog/a.png");
        p.add("train/dog/b.png");
        p.rest();
      }};
  for (const auto& change : changes) {
    const Photographs photographs;
    photographs.keep();
    change(photographs);
    const DataSource source = photographs.open();
    CHECK(Photographs::was_listed(source));
    const DataSource fresh = open_image_folder(photographs.folder.path());
    CHECK(files_of(source.train) == files_of(fresh.train));
    CHECK(files_of(source.val) == files_of(fresh.val));
    CHECK((source.test == nullptr) == (fresh.test == nullptr));
  }
}

TEST_CASE("An index that is damaged in any byte, or cut anywhere, is made anew", "[data]") {
  const Photographs photographs;
  const DataSource listed = photographs.open();
  photographs.keep();
  const std::string whole = read_file(photographs.index());
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x5a);
    write_file_atomically(photographs.index(), bytes);
    const DataSource changed = photographs.open();
    REQUIRE(Photographs::was_listed(changed));
    write_file_atomically(photographs.index(), whole.substr(0, at));
    REQUIRE(Photographs::was_listed(photographs.open()));
  }
  photographs.keep();
  check_equal(photographs.open(), listed);
}

TEST_CASE("No index is kept of a folder that changed a moment ago", "[data]") {
  const Photographs photographs;
  photographs.add("train/dog/c.png");  // within the step of its clock another file could follow unseen
  photographs.open().keep_index();
  CHECK_FALSE(fs::exists(photographs.index()));
}

TEST_CASE("An index that cannot be written costs nothing but time", "[data]") {
  const Photographs photographs;
  const DataSource source = open_image_folder(photographs.folder.path(), "/does/not/exist/data.index");
  CHECK_NOTHROW(source.keep_index());
}

}  // namespace folder_index_test
