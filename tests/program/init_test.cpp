// A first experiment for a folder of photographs: what is written runs as it is.
#include "program/photographs.h"

namespace init_test {

using namespace staircase;
using namespace staircase::tests;
namespace fs = std::filesystem;

namespace {

void make_parts(const std::string& folder) {
  make_photographs(folder + "/train", {"cat", "dog", "emu"}, 4);
  make_photographs(folder + "/val", {"cat", "dog", "emu"}, 2);
}

}  // namespace

TEST_CASE("A first experiment fits the photographs, says why, and runs as it is", "[program]") {
  const WorkFolder work;
  make_parts("my photos");
  const Answer answer = ask({"init", "my photos"});
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  CHECK_THAT(answer.out, ContainsSubstring("train: 12 images, 3 classes; val: 6 images") &&
                             ContainsSubstring("32 px: the shorter sides are 16 px and more") &&
                             ContainsSubstring("recipe small: ") && ContainsSubstring("stem conv3: ") &&
                             ContainsSubstring("3 classes of 4 training images; of the 6 validation images one is "
                                               "16.67 points") &&
                             ContainsSubstring("staircase run my_photos.json"));
  const config::Json written = config::read_json_file("my_photos.json");
  CHECK(written.at("name") == "my_photos");
  CHECK(written.at("base").at("data").at("path") == "my photos");
  CHECK(written.at("base").at("recipe").at("batch_size") == 12);
  CHECK_THAT(written.at("description").get<std::string>(), ContainsSubstring("32 px: "));
  const Answer planned = ask({"run", "my_photos.json", "--dry-run", "--json"});
  INFO(planned.err);
  REQUIRE(planned.status == 0);
  CHECK(planned.json().at("runs") == 6);
  // Only what was found in the data is warned of, and nothing of the schedule.
  CHECK(planned.json().at("warnings").empty());
}

TEST_CASE("A folder of class folders is split on request", "[program]") {
  const WorkFolder work;
  make_photographs("all", {"cat", "dog"}, 4);
  refuse(2, "all: has no folder train", {"init", "all"});
  refuse(2, "where it has one folder of images a class, --split all-split makes both", {"init", "all"});
  const Answer answer = ask({"init", "all", "--split", "all-split", "--json"});
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  CHECK(answer.json().at("file") == "all.json");
  CHECK(answer.json().at("notes")[0] == "train: 6 images, 2 classes; val: 2 images");
  CHECK(answer.json().at("experiment").at("base").at("data").at("path") == "all-split");
  CHECK(answer.json().at("experiment") == config::read_json_file("all.json"));
  CHECK(ask({"run", "all.json", "--dry-run"}).status == 0);
  refuse(2, "all-split: exists; a split is made in a new folder",
         {"init", "all", "--split", "all-split", "--out", "again.json"});
  refuse(2, "all/new: lies in all, each folder of which is a class",
         {"init", "all", "--split", "all/new", "--out", "again.json"});
  refuse(2, "--split: all-split has a folder train", {"init", "all-split", "--split", "x", "--out", "again.json"});
}

TEST_CASE("Where no photograph can be read nothing is written, and no split is left", "[program]") {
  const WorkFolder work;
  for (const char* place : {"all/cat", "all/dog"}) {
    fs::create_directories(place);
    for (const char* name : {"1.jpg", "2.jpg"}) WorkFolder::write(std::string(place) + "/" + name, "no picture");
  }
  const auto before = WorkFolder::content();
  refuse(2, "split: none of 2 photographs that were looked at can be read; split/train/",
         {"init", "all", "--split", "split"});
  CHECK((WorkFolder::content() == before));
  CHECK_FALSE(fs::exists("split"));
}

TEST_CASE("With weights the first question is what they are worth", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  make_parts("photos");
  fs::create_directory("plans");
  const Answer answer =
      ask({"init", "photos", "--weights", "results:x@0", "--image-size", "32", "--out", "plans/worth.json", "--json"});
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  const config::Json base = answer.json().at("experiment").at("base");
  CHECK(base.at("init").at("weights") == (fs::current_path() / weights).string());
  CHECK(base.at("model").at("width_factor") == 0.125);
  CHECK(base.at("data").at("path") == (fs::current_path() / "photos").string());  // wherever the file lies
  const Answer planned = ask({"run", "plans/worth.json", "--dry-run", "--json"});
  INFO(planned.err);
  REQUIRE(planned.status == 0);
  CHECK(planned.json().at("runs") == 6);
}

TEST_CASE("A first experiment takes the place of no file, and needs photographs", "[program]") {
  const WorkFolder work;
  make_parts("photos");
  WorkFolder::write("photos.json", "{}");
  refuse(2, "photos.json: exists already; --out names another file", {"init", "photos"});
  refuse(2, "--out x.yaml: is written as JSON", {"init", "photos", "--out", "x.yaml"});
  refuse(2, "nowhere: there is no such folder", {"init", "nowhere"});
  refuse(2, "photos.json: there is no such folder", {"init", "photos.json"});
  refuse(2, "init: takes DIR, found nothing", {"init"});
}

}  // namespace init_test
