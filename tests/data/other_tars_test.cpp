// Shards that another program than `staircase pack` wrote.

#include <archive.h>
#include <archive_entry.h>

#include <clocale>
#include <functional>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/shards.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace other_tars_test {

using namespace staircase;
using namespace staircase::data;
namespace fs = std::filesystem;
using tests::TemporaryFolder;

namespace {

struct Member {
  std::string name;
  std::function<void(archive_entry*)> change = [](archive_entry*) {};
};

/// Names are taken as UTF-8 as long as this lives, as they are by the programs that write tars.
struct Utf8Names {
  Utf8Names() { REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8")); }
  ~Utf8Names() { std::setlocale(LC_CTYPE, "C"); }
};

/// A tar with pax headers; every file in it is the same image.
void write_tar(const fs::path& file, const std::vector<Member>& members) {
  const std::string bytes = read_file(tests::reference_file("images/rgb.png"));
  const Utf8Names utf8_names;
  archive* writer = archive_write_new();
  archive_write_set_format_pax(writer);
  REQUIRE(archive_write_open_filename(writer, file.c_str()) == ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0700);
    archive_entry_set_mtime(entry, 1, 5);
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    member.change(entry);
    REQUIRE(archive_write_header(writer, entry) >= ARCHIVE_WARN);
    if (archive_entry_size(entry) > 0) archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_free(writer);
}

/// Both parts with the same members.
struct Parts {
  explicit Parts(const std::vector<Member>& members) {
    for (const std::string name : {"train-000000-of-000001.tar", "val-000000-of-000001.tar"})
      write_tar(folder / name, members);
  }
  DataSource open() const { return open_shards(folder.path()); }
  TemporaryFolder folder;
};

void make_folder_entry(archive_entry* entry) {
  archive_entry_set_filetype(entry, AE_IFDIR);
  archive_entry_set_size(entry, 0);
}

}  // namespace

TEST_CASE("Tars that other programs wrote are read as shards, pax headers and all", "[data]") {
  const Parts parts({{"./dog/", make_folder_entry}, {"./dog/z.png"}, {"./cat/" + std::string(300, 'y') + ".png"}});
  const DataSource source = parts.open();
  CHECK(source.class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(source.train->image(0) == source.train->image(1));
  CHECK(source.train->label(1) == 1);
}

TEST_CASE("A name that the locale cannot tell is read as it stands in a pax header", "[data]") {
  const Parts parts({{"cat/\xc3\xa4.png"}, {"d\xc3\xb6g/b.png"}});
  const DataSource source = parts.open();
  CHECK(source.class_names == std::vector<std::string>{"cat", "d\xc3\xb6g"});
  CHECK_THAT(source.train->name(0), ContainsSubstring("tar: cat/\xc3\xa4.png"));
  CHECK(source.train->image(0) == source.train->image(1));
}

TEST_CASE("What is no whole file in a tar is refused by its name, folders excepted", "[data]") {
  const auto refused = [](const std::function<void(archive_entry*)>& change, const std::string& kind) {
    CHECK_THROWS_WITH(Parts({{"cat/a.png"}, {"cat/b.png", change}}).open(),
                      ContainsSubstring("train-000000-of-000001.tar: holds cat/b.png, which is " + kind));
  };
  refused(
      [](archive_entry* entry) {
        archive_entry_set_hardlink(entry, "cat/a.png");
        archive_entry_set_size(entry, 0);
      },
      "a link");
  refused(
      [](archive_entry* entry) {
        archive_entry_set_filetype(entry, AE_IFLNK);
        archive_entry_set_symlink(entry, "a.png");
        archive_entry_set_size(entry, 0);
      },
      "a link");
  refused(
      [](archive_entry* entry) {
        archive_entry_set_filetype(entry, AE_IFIFO);
        archive_entry_set_size(entry, 0);
      },
      "no file");
  refused([](archive_entry* entry) { archive_entry_sparse_add_entry(entry, 0, 100); }, "a file with holes");
}

TEST_CASE("What lies among the images of a tar is left out and counted, as in a folder", "[data]") {
  const Parts parts({{"README.md"},
                     {".DS_Store"},
                     {"cat/a.png"},
                     {"cat/._a.png"},
                     {"cat/Thumbs.db"},
                     {"cat/v1.2/notes"},
                     {"cat/list.TXT"},
                     {"__MACOSX/cat/._a.png"},
                     {".cache/a.png"}});
  const DataSource source = parts.open();
  CHECK(source.class_names == std::vector<std::string>{"cat"});
  CHECK(source.train->size() == 1);
  CHECK(source.passed_over.left_out == std::map<std::string, uint64_t>{{".md", 2}, {".txt", 2}, {"no extension", 2}});
  CHECK(source.passed_over.left_behind ==
        std::map<std::string, uint64_t>{{".DS_Store", 2}, {"Thumbs.db", 2}, {"__MACOSX", 2}});
}

TEST_CASE("Shards without an image, or with one outside of a class, are refused in a sentence", "[data]") {
  CHECK_THROWS_WITH(Parts({{"cat/notes.txt"}}).open(), ContainsSubstring("the part train has no image"));
  CHECK_THROWS_WITH(Parts({{"a.png"}}).open(), ContainsSubstring("holds a.png, expected CLASS/FILE"));
  CHECK_THROWS_WITH(Parts({{"cat/more/a.png"}}).open(), ContainsSubstring("expected CLASS/FILE"));
}

TEST_CASE("A class in a tar is named in UTF-8, as that of a folder", "[data]") {
  CHECK_THROWS_WITH(Parts({{"cat/a.png"}, {"d\xf6g/b.png"}}).open(),
                    ContainsSubstring("is not named in UTF-8, as a class must be"));
}

}  // namespace other_tars_test
