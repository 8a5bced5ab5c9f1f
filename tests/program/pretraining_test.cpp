// Pretraining by masked autoencoding and what follows it, as the commands see them.
#include "program/program.h"

namespace pretraining_test {

using namespace staircase;
using namespace staircase::tests;

namespace {

config::Json network(bool grn) {
  return {{"from", "convnextv2_atto"}, {"stem", "patchify2"}, {"depths", {1, 1}}, {"width_factor", 0.2}, {"grn", grn}};
}

/// GRN off and on.
config::Json pretraining() {
  config::Json content = tiny_experiment();
  content["name"] = "pretraining";
  content["kind"] = "ablation";
  content["seeds"] = {0, 1};
  content["base"]["model"] = network(false);
  content["base"]["recipe"] = {
      {"from", "fcmae"}, {"epochs", 2}, {"warmup_epochs", 0}, {"batch_size", 16}, {"decoder_width", 8}};
  content["base"]["data"]["image_size_px"] = 16;
  content["steps"] = {{{"name", "off"}, {"set", config::Json::object()}},
                      {{"name", "on"}, {"set", {{"/model/grn", true}}}}};
  return content;
}

/// x.json, and its runs in `before`.
struct Pretrained {
  Pretrained() {
    write_experiment(pretraining());
    answer = ask({"run", "x.json", "--out", "before"});
    REQUIRE(answer.status == 0);
  }
  WorkFolder work;
  Answer answer;
};

}  // namespace

TEST_CASE("Pretrained rows are compared by their loss, of which less is better", "[program]") {
  const Pretrained pretrained;
  CHECK_THAT(pretrained.answer.out, ContainsSubstring("loss raw"));
  for (const char* other : {"top-1", "chance", "Chance", "points", "bars", "latency", "--weights"}) {
    INFO(other);
    CHECK_THAT(pretrained.answer.out, !ContainsSubstring(other));
  }
  CHECK_THAT(pretrained.answer.out, ContainsSubstring("/init/weights before:"));
  const Answer answer = ask({"report", "before", "--json"});
  REQUIRE(answer.status == 0);
  const config::Json results = answer.json();
  CHECK(results.at("score") == "loss");
  CHECK_FALSE(results.contains("chance"));
  for (const config::Json& row : results.at("rows")) CHECK(row.at("loss").at("mean").get<double>() > 0);
  for (const auto& [file, bytes] : WorkFolder::content()) CHECK_THAT(file, !ContainsSubstring("per_class"));
}

TEST_CASE("What was pretrained answers no command that asks for classes, and starts a run", "[program]") {
  const Pretrained pretrained;
  const std::string sentence = "was pretrained by masked autoencoding and has no head";
  refuse(2, sentence, {"eval", "--weights", "before:on@0", "--data", "shapes"});
  refuse(2, sentence, {"predict", "--weights", "before:on@0", "x.json"});
  refuse(2, sentence, {"export", "--weights", "before:on@0", "--out", "x.pt"});
  refuse(2, sentence, {"convert", "before:on@0", "x.safetensors"});

  config::Json content = tiny_experiment();
  content["base"]["model"] = network(true);
  content["base"]["data"]["image_size_px"] = 16;
  content["base"]["init"] = {{"weights", "before:on@0"}};
  write_experiment(content);
  const Answer tuned = ask({"run", "x.json", "--out", "after"});
  CHECK(tuned.status == 0);
  int starts = 0;
  for (const auto& [file, bytes] : WorkFolder::content()) {
    if (!file.ends_with("start.json")) continue;
    ++starts;
    const config::Json start = config::parse_json(bytes, file);
    CHECK(start.at("decoder_tensors") == 15);
    CHECK(start.at("tensors").get<int>() + 4 == start.at("of_tensors").get<int>());
    CHECK((start.at("head") == "fresh" && start.at("final_norm") == "fresh"));
  }
  CHECK(starts == 1);
  CHECK(ask({"eval", "--weights", "after:x@0", "--data", "shapes"}).status == 0);
  refuse(2, "holds another network than /model: /model/grn is true in the file and false",
         {"run", "x.json", "--out", "other", "--set", "/model/grn=false"});
  refuse(2, "of the task classification, and before of masked_autoencoding",
         {"report", "before", "after", "--out", "both.html"});
}

TEST_CASE("A pretraining that cannot be is refused by its field", "[program]") {
  const WorkFolder work;
  write_experiment(pretraining());
  const auto with = [](const std::string& set) {
    return apps::Words{"run", "x.json", "--out", "results", "--set", set};
  };
  refuse(2, "x.json: /model/norm: batch does not go with /recipe/task masked_autoencoding", with("/model/norm=batch"));
  refuse(2, "x.json: /data/image_size_px: found 18, allowed are multiples of 4", with("/data/image_size_px=18"));
  refuse(2, "x.json: /recipe/hidden_share: 0.99 leaves none of the 16 cells visible",
         with("/recipe/hidden_share=0.99"));
  config::Json mixed = pretraining();
  mixed["steps"][1]["set"] = {{"/recipe/task", "classification"}};
  write_experiment(mixed);
  refuse(2, "/recipe/task: is classification in the row on and masked_autoencoding in off",
         {"run", "x.json", "--out", "results"});
  mixed["steps"][1]["set"] = {{"/recipe/label_smoothing", 0.3}};
  write_experiment(mixed);
  refuse(2, "/recipe/label_smoothing is read only where /recipe/task is classification",
         {"run", "x.json", "--out", "results"});
}

TEST_CASE("A preview shows hidden cells, and with weights what is filled in", "[program]") {
  const Pretrained pretrained;
  const auto preview = [](const std::vector<std::string>& rest) {
    apps::Words words{"preview", "x.json", "--out", "x.png", "--variant", "on", "--images", "3", "--json"};
    words.insert(words.end(), rest.begin(), rest.end());
    return words;
  };
  const Answer hidden = ask(preview({}));
  REQUIRE(hidden.status == 0);
  CHECK(hidden.json().at("images")[2].at("shows") == config::Json{"image", "masked"});
  const std::string before = WorkFolder::content().at("./x.png");
  const Answer filled = ask(preview({"--weights", "before:on@0"}));
  REQUIRE(filled.status == 0);
  CHECK(filled.json().at("images")[2].at("shows") == config::Json{"image", "masked", "filled_in"});
  CHECK(WorkFolder::content().at("./x.png") != before);
  refuse(2, "/model/grn is true in the file and false in the network asked for",
         {"preview", "x.json", "--out", "x.png", "--weights", "before:on@0"});
  write_experiment(tiny_experiment());
  refuse(2, "--weights: fills in what /recipe/task masked_autoencoding hides",
         {"preview", "x.json", "--out", "x.png", "--weights", "before:on@0"});
}

}  // namespace pretraining_test
