#include "staircase/data/split_folder.h"

#include <map>
#include <set>

#include "staircase/base/files.h"
#include "staircase/data/image_folder.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"

namespace split_folder_test {

using namespace staircase;
using namespace staircase::data;
namespace fs = std::filesystem;

namespace {

/// 20 photographs of cats and 7 of dogs, each with bytes of its own.
struct Photographs {
  Photographs() {
    for (int i = 0; i < 27; ++i) {
      const fs::path file = temporary / (i < 20 ? "all/cat" : "all/dog") / (std::to_string(i) + ".jpg");
      make_folder(file.parent_path());
      write_file_atomically(file, "photograph " + std::to_string(i));
    }
  }
  /// The names in a part, "cat/3.jpg".
  std::set<std::string> names(const std::string& part) const {
    std::set<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(temporary / "split" / part))
      if (!entry.is_directory()) all.insert(entry.path().parent_path().filename() / entry.path().filename());
    return all;
  }
  tests::TemporaryFolder temporary;
};

}  // namespace

TEST_CASE("A split has each photograph once, a fifth of each class for validation, and touches none", "[data]") {
  const Photographs photographs;
  const Split split = split_folder(photographs.temporary / "all", photographs.temporary / "split");
  CHECK(split.train == 22);
  CHECK(split.val == 5);
  std::set<std::string> train = photographs.names("train"), both = photographs.names("val");
  CHECK(std::count_if(both.begin(), both.end(), [](const auto& name) { return name.starts_with("dog"); }) == 1);
  both.insert(train.begin(), train.end());
  CHECK(both.size() == 27);
  const DataSource source = open_image_folder(photographs.temporary / "split");
  CHECK(source.train->size() == 22);
  const std::string name = source.val->name(0);
  CHECK(read_file(name) == "photograph " + fs::path(name).stem().string());
  CHECK(fs::is_symlink(name));
}

TEST_CASE("A split is the same every time, and by no alphabet", "[data]") {
  const Photographs first, second;
  for (const Photographs* each : {&first, &second}) split_folder(each->temporary / "all", each->temporary / "split");
  CHECK(first.names("val") == second.names("val"));
  CHECK(first.names("val") !=
        std::set<std::string>{"cat/0.jpg", "cat/1.jpg", "cat/10.jpg", "cat/11.jpg", "dog/20.jpg"});
}

TEST_CASE("A split that cannot be made is refused before anything is", "[data]") {
  const Photographs photographs;
  const auto refused = [&](const std::string& from, const std::string& to) {
    return tests::refusal([&] { split_folder(photographs.temporary / from, photographs.temporary / to); });
  };
  CHECK_THAT(refused("all", "all"), ContainsSubstring("exists; a split is made in a new folder"));
  CHECK_THAT(refused("nowhere", "split"), ContainsSubstring("nowhere"));
  CHECK_THAT(refused("all", "all/split"), ContainsSubstring("all/split: lies in ") && ContainsSubstring("is a class"));
  make_folder(photographs.temporary / "all/emu");
  write_file_atomically(photographs.temporary / "all/emu/1.jpg", "one");
  CHECK_THAT(refused("all", "split"), ContainsSubstring("emu: has one image, expected at least two"));
  CHECK_FALSE(fs::exists(photographs.temporary / "split"));
}

}  // namespace split_folder_test
