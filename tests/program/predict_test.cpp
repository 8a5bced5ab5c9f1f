// `predict` and what goes in and out of a file of weights.
#include "program/photographs.h"
#include "staircase/formats/weights_file.h"
#include "staircase/interop/convert_keys.h"
#include "staircase/nn/initialize.h"

namespace predict_test {

using namespace staircase;
using namespace staircase::tests;

TEST_CASE("One bad file among several costs only its own answer, and the exit status says so", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  WorkFolder::write("bad.jpg", "no image");
  const std::string one = "data/val/cat/0rgb.png", other = "data/val/dog/0rgb.png";
  const Answer answer = ask({"predict", "--weights", weights, "--json", one, "bad.jpg", "absent.png", other});
  CHECK(answer.status == 2);
  REQUIRE(answer.json().size() == 2);
  CHECK(answer.json()[0].at("image") == one);
  CHECK(answer.json()[1].at("image") == other);
  CHECK_THAT(answer.err, ContainsSubstring("bad.jpg: is ") && ContainsSubstring("absent.png: no such file") &&
                             ContainsSubstring("2 of 4 images could not be read"));
  CHECK(ask({"predict", "--weights", weights, one, other}).status == 0);
}

TEST_CASE("A pattern that matches nothing is told from a file that is not there", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  WorkFolder::write("note.txt", "no image");
  refuse(2, "zz*.jpg: no file matches this pattern", {"predict", "--weights", weights, "zz*.jpg"});
  refuse(2, "*.txt: no image file matches this pattern", {"predict", "--weights", weights, "*.txt"});
  refuse(2, "zz.jpg: no such file or folder", {"predict", "--weights", weights, "zz.jpg"});
  const Answer answer = ask({"predict", "--weights", weights, "zz*.jpg", "data/val/*/*.png"});
  CHECK(answer.status == 2);
  CHECK(!answer.out.empty());
}

TEST_CASE("Files of a folder that are no images are counted by their kind", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  WorkFolder::write("data/val/cat/a.heic", "no image");
  WorkFolder::write("data/val/cat/.DS_Store", "of a system");
  const Answer answer = ask({"predict", "--weights", weights, "data/val/cat"});
  CHECK(answer.status == 0);
  CHECK_THAT(answer.err, ContainsSubstring("1 file was left out: .heic 1") && !ContainsSubstring("DS_Store"));
}

TEST_CASE("Weights from elsewhere with a thousand classes bear ImageNet's names", "[program]") {
  const WorkFolder work;
  make_photographs("photos", {"one"}, 1);
  config::ModelOptions options;
  options.depths = {1, 1, 1, 1};
  options.width_factor = 0.125;
  options.num_classes = 1000;
  nn::Classifier model(options);
  nn::initialize(model, 0);
  formats::TensorFile file;
  for (const auto& item : nn::named_state(model)) file.tensors.emplace_back(item.name, item.tensor.detach());
  formats::write_weights("elsewhere.pth", interop::from_staircase(file, options, interop::KeyLayout::torchvision));
  const Answer answer = ask({"predict", "--weights", "elsewhere.pth", "--json", "--topk", "1000", "photos"});
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  const config::Json tops = answer.json()[0].at("top");
  CHECK(tops.size() == 1000);
  for (const config::Json& top : tops)
    if (top.at("index") == 983) CHECK(top.at("class") == "scuba diver");
  CHECK_THAT(ask({"predict", "--weights", "elsewhere.pth", "photos"}).out, ContainsSubstring("index"));
}

TEST_CASE("predict takes another image size, and says which it took", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs(), image = "data/val/cat/0rgb.png";
  CHECK_THAT(ask({"predict", "--weights", weights, image}).out, ContainsSubstring("image size 32 px"));
  const Answer larger = ask({"predict", "--weights", weights, image, "--image-size", "64", "--json"});
  REQUIRE(larger.status == 0);
  CHECK(larger.json()[0].at("image_size") == 64);
  CHECK(larger.json()[0].at("top") != ask({"predict", "--weights", weights, image, "--json"}).json()[0].at("top"));
}

TEST_CASE("Where only the classes do not fit, each command names the way out that it has", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  make_photographs("more/train", {"cat", "dog", "emu", "fox"}, 4);
  make_photographs("more/val", {"cat", "dog", "emu", "fox"}, 4);
  REQUIRE(ask({"convert", weights, "elsewhere.pth", "--to", "torchvision"}).status == 0);
  WorkFolder::write("model.json", R"({"depths": [1, 1], "width_factor": 0.125, "num_classes": 4})");
  for (const std::string& file : {weights, std::string("elsewhere.pth")}) {
    refuse(2, "/init/new_head: true starts with a fresh head",
           {"run", "x.json", "--out", "fine", "--set", "/data/path=more", "--set", "/init/weights=" + file});
    refuse(2, "without num_classes --model takes the file's",
           {"eval", "--weights", file, "--model", "model.json", "--data", "data"});
    CHECK_THAT(ask({"run", "x.json", "--set", "/data/path=more", "--set", "/init/weights=" + file}).err,
               !ContainsSubstring("--new-head"));
  }
}

TEST_CASE("A kept head is refused for as many classes of other names, and a fresh one starts", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  for (const std::string part : {"train", "val"}) make_photographs("more/" + part, {"cat", "emu", "fox"}, 4);
  refuse(2, "its head is for other classes: it knows dog, which the data have not; the data have fox",
         {"run", "x.json", "--out", "fine", "--set", "/data/path=more", "--set", "/init/weights=" + weights});
  CHECK(ask({"run", "x.json", "--dry-run", "--set", "/data/path=more", "--set", "/init/weights=" + weights, "--set",
             "/init/new_head=true"})
            .status == 0);
}

TEST_CASE("An export with preprocessing says how Python loads and calls it", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  const Answer answer = ask({"export", "--weights", weights, "--out", "x.pt", "--include-preprocessing"});
  CHECK(answer.status == 0);
  CHECK_THAT(answer.out, ContainsSubstring("torch.jit.load(\"x.pt\"") && ContainsSubstring("exif_transpose"));
}

}  // namespace predict_test
