// What a request finds: fields by their usual names, paths from where they are said, and what lies in the data.
#include "program/program.h"

#include "support/reference.h"

namespace inputs_test {

using namespace staircase;
using namespace staircase::tests;
namespace fs = std::filesystem;

namespace {

/// Four training images and two validation images of two classes.
void write_photographs(const std::string& folder) {
  for (const char* at : {"train/cat", "train/dog", "val/cat"}) {
    fs::create_directories(folder + "/" + at);
    fs::copy_file(reference_file("images/rgb.png"), folder + "/" + at + "/1.png");
    fs::copy_file(reference_file("images/gray.jpg"), folder + "/" + at + "/2.jpg");
  }
}

config::Json experiment_on(const std::string& path) {
  config::Json content = tiny_experiment();
  content["base"]["recipe"]["batch_size"] = 4;
  content["base"]["data"] = {{"kind", "image_folder"}, {"path", path}, {"image_size_px", 32}};
  return content;
}

}  // namespace

TEST_CASE("A field is found by what it is called elsewhere", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  refuse(2, "/recipe/lr: is not a known field (did you mean \"learning_rate\"?)",
         {"run", "x.json", "--set", "/recipe/lr=0.1"});
  refuse(2, "/recipe/batch: is not a known field (did you mean \"batch_size\"?)",
         {"run", "x.json", "--set", "/recipe={\"batch\": 8}"});
}

TEST_CASE("A path in a file starts at the file, and on the command line where one stands", "[program]") {
  const WorkFolder work;
  fs::create_directory("experiments");
  WorkFolder::write("experiments/x.json", experiment_on("photos").dump());
  write_photographs("experiments/photos");
  CHECK(ask({"run", "experiments/x.json", "--dry-run"}).status == 0);
  refuse(2, "/data/path: \"" + (fs::current_path() / "photos").string() + "\" does not exist",
         {"run", "experiments/x.json", "--dry-run", "--set", "/data/path=photos"});
  fs::rename("experiments/photos", "photos");
  refuse(2,
         "experiments/x.json: /data/path: \"" + (fs::current_path() / "experiments/photos").string() +
             "\" does not exist; a relative path starts at the file that says it, but from the current directory "
             "\"photos\" exists: --set /data/path=photos takes that one",
         {"run", "experiments/x.json", "--dry-run"});
  CHECK(ask({"run", "experiments/x.json", "--dry-run", "--set", "/data/path=photos"}).status == 0);
  config::Json from_weights = tiny_experiment();
  from_weights["base"]["init"] = {{"weights", "w.pth"}};
  WorkFolder::write("experiments/x.json", from_weights.dump());
  WorkFolder::write("w.pth", "x");
  refuse(2, "from the current directory \"w.pth\" exists: --set /init/weights=w.pth takes that one",
         {"run", "experiments/x.json", "--dry-run"});
}

TEST_CASE("What was found in the data is told before anything is trained", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  const Answer shapes = ask({"run", "x.json", "--dry-run"});
  CHECK_THAT(shapes.out, ContainsSubstring("train: 64 images, 10 classes; val: 20 images\n"));
  write_photographs("photos");
  WorkFolder::write("photos/train/cat/3.heic", "x");
  write_experiment(experiment_on("photos"));
  const Answer planned = ask({"run", "x.json", "--dry-run"});
  CHECK_THAT(planned.out,
             ContainsSubstring("train: 4 images, 2 classes; val: 2 images\n1 file was left out: .heic 1\n"));
  CHECK_THAT(planned.err,
             ContainsSubstring("warning: 1 class has no validation image, so no score speaks of it: dog\n") &&
                 ContainsSubstring("warning: 2 of 2 validation images are training images too"));
  CHECK(ask({"run", "x.json", "--dry-run", "--json"}).json().at("data")[1] == "1 file was left out: .heic 1");
  // The warnings stay with the results.
  REQUIRE(ask({"run", "x.json", "--out", "results", "--json"}).status == 0);
  const std::string report = WorkFolder::content().at("./results/report.md"),
                    page = WorkFolder::content().at("./results/report.html");
  for (const std::string& text : {report, page})
    CHECK_THAT(text, ContainsSubstring("warning: 1 class has no validation image, so no score speaks of it: dog") &&
                         ContainsSubstring("warning: 2 of 2 validation images are training images too") &&
                         ContainsSubstring("warning: 4 of 4 training images stand in two classes"));
}

}  // namespace inputs_test
