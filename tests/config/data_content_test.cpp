#include "staircase/config/data_content.h"

#include "support/catch.h"

namespace data_content_test {

using namespace staircase::config;

namespace {

DataContent clothes() {
  return {DataKind::image_folder,
          "/data/clothes",
          {{"train", {{"coat", 3000, 1}, {"dress", 68, 2}}}, {"val", {{"coat", 10, 3}, {"dress", 10, 4}}}}};
}

}  // namespace

TEST_CASE("A data set that moved has the same fingerprint, a changed one another", "[config]") {
  DataContent moved = clothes();
  moved.path = "/elsewhere";
  CHECK(moved.fingerprint() == clothes().fingerprint());
  CHECK(describe_change(clothes(), moved).empty());
  // Names of runs hold it, so it never changes. Reckoned by hand from the definition, outside this code.
  CHECK(clothes().fingerprint() == "ae9fc861f1663c6e");
  DataContent other = clothes();
  std::swap(other.parts[0].classes[0], other.parts[0].classes[1]);  // other labels
  CHECK(other.fingerprint() != clothes().fingerprint());
}

TEST_CASE("What changed in a data set is said in words", "[config]") {
  const auto change = [](auto edit) {
    DataContent here = clothes();
    edit(here);
    return describe_change(clothes(), here);
  };
  CHECK(change([](DataContent& c) { c.parts[0].classes[0].images = 3064; }) ==
        "train: 3,068 images there and 3,132 here (class coat: 3,000 and 3,064)");
  CHECK(change([](DataContent& c) { c.parts[0].classes.push_back({"shoe", 1, 1}); }) == "train: the class shoe is new");
  CHECK(change([](DataContent& c) { c.parts[1].classes.pop_back(); }) == "val: the class dress is gone");
  CHECK(change([](DataContent& c) { c.parts[1].classes[1].stamp = 5; }) ==
        "val: images of the class dress are not the same (name or size of a file)");
  CHECK(change([](DataContent& c) { c.parts.push_back({"test", {}}); }) == "the part test is new");
  CHECK(change([](DataContent& c) { std::swap(c.parts[0].classes[0], c.parts[0].classes[1]); }) ==
        "train: the classes stand in another order");
  CHECK(change([](DataContent& c) { c.kind = DataKind::idx; }) == "/data/kind is image_folder there and idx here");
}

TEST_CASE("What a data set holds survives its file", "[config]") {
  const Json written = write_data_content(clothes());
  const DataContent read = read_data_content(written, {"x.json", "/data_has/sets/0"});
  CHECK(describe_change(clothes(), read).empty());
  CHECK(read.path == "/data/clothes");
  CHECK(read.fingerprint() == clothes().fingerprint());
  Json damaged = written;
  damaged["parts"]["train"]["coat"] = "many";
  CHECK_THROWS_WITH(read_data_content(damaged, {"x.json", ""}), ContainsSubstring("x.json: /parts/train/coat: found"));
  damaged = written;
  damaged["fingerprint"] = "0";
  CHECK_THROWS_WITH(read_data_content(damaged, {"x.json", ""}), ContainsSubstring("changed by hand"));
}

}  // namespace data_content_test
