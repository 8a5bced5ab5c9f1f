// `eval`: what it may be given, and what it says of classes and images.
#include "program/photographs.h"

namespace eval_test {

using namespace staircase;
using namespace staircase::tests;

namespace {

config::Json evaluate(apps::Words words) {
  words.insert(words.begin(), "eval");
  words.push_back("--json");
  const Answer answer = ask(words);
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  return answer.json();
}

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  std::istringstream text(WorkFolder::content().at("./" + file));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("A plain folder, some of its classes, and one part give the numbers of the same images", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  const config::Json all = evaluate({"--weights", weights, "--data", "data"});
  CHECK(all.at("images") == 12);
  CHECK(all.at("classes").size() == 3);
  std::filesystem::copy("data/val", "plain", std::filesystem::copy_options::recursive);
  CHECK(evaluate({"--weights", weights, "--data", "plain"}) == all);
  // Without dog: emu is still the network's class 2, and each class has the number that it had.
  std::filesystem::remove_all("plain/dog");
  const config::Json some = evaluate({"--weights", weights, "--data", "plain"});
  CHECK(some.at("images") == 8);
  REQUIRE(some.at("classes").size() == 2);
  CHECK(some.at("classes")[1] == all.at("classes")[2]);
  CHECK(some.at("classes")[1].at("index") == 2);
  // One part alone, whatever else is there.
  std::filesystem::remove_all("data/train");
  CHECK(evaluate({"--weights", weights, "--data", "data"}) == all);
  CHECK(evaluate({"--weights", weights, "--data", "data", "--part", "val"}) == all);
}

TEST_CASE("A class that the network lacks and a part that is not there are refused by name", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  make_photographs("plain", {"cat", "zebra"});
  refuse(2,
         "knows no class \"zebra\", which the data has; it knows cat, dog, emu; --known-classes-only leaves images of "
         "such classes out",
         {"eval", "--weights", weights, "--data", "plain"});
  refuse(2, "plain has no parts", {"eval", "--weights", weights, "--data", "plain", "--part", "val"});
  refuse(2, "has no such folder; of the parts it has train, val",
         {"eval", "--weights", weights, "--data", "data", "--part", "test"});
  refuse(2, "did you mean \"train\"", {"eval", "--weights", weights, "--data", "data", "--part", "trian"});
  refuse(2, "--per-image nowhere/x.csv: there is no folder",
         {"eval", "--weights", weights, "--data", "data", "--per-image", "nowhere/x.csv"});
}

TEST_CASE("Images of classes that the network lacks are left out where that is asked for, and told", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  config::Json known = evaluate({"--weights", weights, "--data", "data"});
  CHECK(known.at("left_out_images") == 0);
  make_photographs("data/val", {"aardvark"}, 1);  // before and behind the classes that are known
  make_photographs("data/val", {"zebra"}, 3);
  const config::Json all =
      evaluate({"--weights", weights, "--data", "data", "--known-classes-only", "--per-image", "images.csv"});
  CHECK(all.at("left_out_images") == 4);
  CHECK(all.at("left_out_classes") ==
        config::Json::array({{{"class", "aardvark"}, {"images", 1}}, {{"class", "zebra"}, {"images", 3}}}));
  for (const char* left_out : {"left_out_images", "left_out_classes"}) known[left_out] = all.at(left_out);
  CHECK(all == known);
  CHECK_THAT(lines_of("images.csv").at(1), ContainsSubstring("data/val/cat/0rgb.png,cat,"));
  const Answer answer = ask({"eval", "--weights", weights, "--data", "data", "--known-classes-only"});
  CHECK_THAT(answer.out, ContainsSubstring("\nleft out: 4 images of 2 classes that the network does not know: "
                                           "aardvark 1, zebra 3\n"));
  for (const char* name : {"cat", "dog", "emu"}) std::filesystem::remove_all(std::string("data/val/") + name);
  refuse(2, "knows no class \"aardvark\" and 1 more, which the data has",
         {"eval", "--weights", weights, "--data", "data", "--known-classes-only"});
}

TEST_CASE("Top-5 is left out where five answers are all of them", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  CHECK_THAT(ask({"eval", "--weights", weights, "--data", "data"}).out,
             ContainsSubstring("top-1") && !ContainsSubstring("top-5"));
  CHECK(evaluate({"--weights", weights, "--data", "data"}).at("top5") == 100.0);
}

TEST_CASE("Classes, confusion and images add up to the numbers of the whole", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  const config::Json numbers =
      evaluate({"--weights", weights, "--data", "data", "--per-image", "images.csv", "--confusion", "confusion.csv"});
  double hits = 0;
  int64_t pairs = 0;
  for (const config::Json& each : numbers.at("classes"))
    hits += each.at("top1").get<double>() / 100.0 * each.at("images").get<double>();
  for (const config::Json& each : numbers.at("confusion")) pairs += each.at("images").get<int64_t>();
  CHECK(hits / 12 * 100 == Approx(numbers.at("top1").get<double>()));
  CHECK(pairs == 12);
  const std::vector<std::string> images = lines_of("images.csv"), matrix = lines_of("confusion.csv");
  REQUIRE(images.size() == 13);
  CHECK(images[0] == "path,class,predicted,probability,correct");
  CHECK_THAT(images[1], ContainsSubstring("data/val/cat/0rgb.png,cat,"));
  const auto correct =
      std::count_if(images.begin(), images.end(), [](const auto& line) { return line.ends_with(",1"); });
  CHECK(correct == Approx(hits));
  REQUIRE(matrix.size() == 4);
  CHECK(matrix[0] == "class,cat,dog,emu");
}

TEST_CASE("A damaged image has no line among the images, and those after it keep theirs", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  WorkFolder::write("data/val/cat/00.png", "no image");
  WorkFolder::write("data.json", R"({"kind": "image_folder", "path": "data", "max_bad_fraction": 0.5})");
  const config::Json numbers = evaluate({"--weights", weights, "--data", "data.json", "--per-image", "images.csv"});
  CHECK(numbers.at("bad_images") == 1);
  const std::vector<std::string> images = lines_of("images.csv");
  REQUIRE(images.size() == 13);
  CHECK_THAT(images[1], ContainsSubstring("data/val/cat/0rgb.png,cat,"));
  CHECK_THAT(images[12], ContainsSubstring("data/val/emu/3rgb.jpg,emu,"));
}

TEST_CASE("A damaged image is left out and named, however few there are, and only none to read is refused",
          "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  const config::Json whole = evaluate({"--weights", weights, "--data", "data"});
  WorkFolder::write("data/val/cat/00.png", "no image");
  const Answer one = ask({"eval", "--weights", weights, "--data", "data", "--json"});
  CHECK(one.status == 0);
  CHECK_THAT(one.err, ContainsSubstring("1 image could not be read and was left out: data/val/cat/00.png"));
  config::Json rest = one.json();
  CHECK(rest.at("bad_images") == 1);
  rest["bad_images"] = 0;
  CHECK(rest == whole);
  WorkFolder::write("strict.json", R"({"kind": "image_folder", "path": "data", "max_bad_fraction": 0.01})");
  refuse(1, "more than the 1.00 % that /data/max_bad_fraction allows",
         {"eval", "--weights", weights, "--data", "strict.json"});
  for (const auto& entry : std::filesystem::recursive_directory_iterator("data/val"))
    if (entry.is_regular_file()) WorkFolder::write(entry.path().string(), "no image");
  refuse(1, "not one image", {"eval", "--weights", weights, "--data", "data"});
}

TEST_CASE("The image size is the file's or the one asked for, and is said", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  CHECK(evaluate({"--weights", weights, "--data", "data"}).at("image_size") == 32);
  const config::Json larger = evaluate({"--weights", weights, "--data", "data", "--image-size", "64"});
  CHECK(larger.at("image_size") == 64);
  CHECK(larger.at("loss") != evaluate({"--weights", weights, "--data", "data"}).at("loss"));
  CHECK_THAT(ask({"eval", "--weights", weights, "--data", "data", "--image-size", "64"}).out,
             ContainsSubstring("image size 64 px"));
  refuse(2, "--image-size: found 4, allowed is an integer from 8 to 4096",
         {"eval", "--weights", weights, "--data", "data", "--image-size", "4"});
}

TEST_CASE("A run leaves its classes' scores, those that eval gives again from each of its weights", "[program]") {
  const WorkFolder work;
  const std::string weights = train_on_photographs();
  const std::filesystem::path folder = std::filesystem::path(weights).parent_path();
  const config::Json file = config::read_json_file(folder / "per_class.json"), kept = file.at("classes");
  const auto confusion = [&](const std::string& model) {
    const config::Json answer = evaluate({"--weights", model, "--data", "data"});
    config::Json pairs = config::Json::array();
    for (const config::Json& each : answer.at("confusion"))
      pairs.push_back({each.at("index"), each.at("predicted"), each.at("images")});
    return pairs;
  };
  CHECK(file.at("confusion_ema") == confusion(weights));
  CHECK(file.at("confusion") == confusion((folder / "weights_raw.safetensors").string()));
  const auto top1 = [&](const std::string& model, size_t c) {
    return evaluate({"--weights", model, "--data", "data"}).at("classes").at(c).at("top1");
  };
  REQUIRE(kept.size() == 3);
  for (size_t c = 0; c < 3; ++c) {
    CHECK(kept[c].at("class") == std::vector<std::string>{"cat", "dog", "emu"}[c]);
    CHECK(kept[c].at("images") == 4);
    CHECK(kept[c].at("top1_ema") == top1(weights, c));
    CHECK(kept[c].at("top1") == top1((folder / "weights_raw.safetensors").string(), c));
  }
}

}  // namespace eval_test
