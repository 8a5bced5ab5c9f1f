#include "staircase/train/start.h"

#include "staircase/base/errors.h"
#include "staircase/interop/model_file.h"
#include "staircase/nn/initialize.h"
#include "staircase/train/layer_groups.h"
#include "staircase/train/optimizer.h"
#include "staircase/train/start_report.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace start_test {

using namespace staircase;
using namespace staircase::train;

namespace {

std::shared_ptr<nn::Classifier> network(int64_t classes, uint64_t seed) {
  config::ModelOptions options = plan::find_model("convnext_tiny", {"test", ""}).options;
  options.depths = {1, 1, 2, 1};
  options.width_factor = 0.125;
  options.num_classes = classes;
  auto model = std::make_shared<nn::Classifier>(options);
  nn::initialize(*model, seed);
  return model;
}

torch::Tensor parameter(nn::Classifier& model, const std::string& name) { return model.named_parameters()[name]; }

}  // namespace

TEST_CASE("A network starts from a file's weights with a fresh, scaled head", "[train]") {
  const tests::TemporaryFolder folder;
  auto trained = network(4, 7);
  interop::write_model_file(folder / "w.safetensors", *trained, {}, {}, "raw");
  config::InitOptions init;
  init.weights = (folder / "w.safetensors").string();
  auto model = network(6, 1);
  config::RecipeOptions recipe;
  CHECK_THROWS_AS(fill_weights(*model, 1, init, recipe), RequestError);
  init.new_head = true;
  recipe.head_init_scale = 0.001;
  const torch::Tensor fresh = parameter(*network(6, 1), "head.linear.weight") * 0.001;
  fill_weights(*model, 1, init, recipe);
  CHECK(
      parameter(*model, "stages.2.blocks.1.conv2.weight").equal(parameter(*trained, "stages.2.blocks.1.conv2.weight")));
  CHECK(torch::allclose(parameter(*model, "head.linear.weight"), fresh));
}

TEST_CASE("A kept head's rows go to the data's classes by name, and a head for other classes is refused", "[train]") {
  const tests::TemporaryFolder folder;
  auto trained = network(4, 7);
  config::InitOptions init;
  init.weights = (folder / "w.safetensors").string();
  const auto write = [&](const std::vector<std::string>& names) {
    interop::write_model_file(init.weights, *trained, {}, names, "raw");
  };
  const auto started = [&](const std::vector<std::string>& classes) {
    auto model = network(4, 1);
    fill_weights(*model, 1, init, {}, classes);
    return model;
  };
  write({"dress", "hat", "pants", "shoes"});
  auto moved = started({"shoes", "hat", "dress", "pants"});
  const std::vector<int64_t> rows{3, 1, 0, 2};
  for (const char* name : {"head.linear.weight", "head.linear.bias"})
    for (int64_t i = 0; i < 4; ++i)
      CHECK(parameter(*moved, name)[i].equal(parameter(*trained, name)[rows[static_cast<size_t>(i)]]));
  CHECK(parameter(*moved, "stem.conv.weight").equal(parameter(*trained, "stem.conv.weight")));
  CHECK_THROWS_WITH(started({"dress", "pants", "shoes", "skirt"}),
                    ContainsSubstring("w.safetensors: its head is for other classes: it knows hat, which the data have "
                                      "not; the data have skirt, which it does not know; /init/new_head: true starts"));
  init.new_head = true;
  CHECK_NOTHROW(started({"dress", "pants", "shoes", "skirt"}));
  init.new_head = false;
  write({});
  CHECK(
      parameter(*started({"a", "b", "c", "d"}), "head.linear.weight").equal(parameter(*trained, "head.linear.weight")));
}

TEST_CASE("What a run starts from is reported: tensors, head, what is frozen, and the rate of each part", "[train]") {
  TrainJob job;
  job.configuration.init = {"w.pth", true, config::Freeze::stem};
  job.configuration.recipe.learning_rate = 1e-3;
  job.configuration.recipe.layer_decay = 0.5;
  job.data.class_names = {"cat", "dog", "fox", "owl"};
  auto model = network(4, 1);
  model->freeze(config::Freeze::stem);
  const config::Json report = start_report(job, *model, {nn::named_state(*model).size() - 2});
  int64_t stem = 0, all = 0;
  for (const auto& item : model->named_parameters()) {
    all += item.value().numel();
    if (item.key().starts_with("stem.")) stem += item.value().numel();
  }
  CHECK(report.at("frozen_parameters") == stem);
  CHECK(report.at("parameters") == all);
  CHECK(report.at("head") == "fresh");
  // By hand: stages 1 and 2 are groups 1 and 2 of 13, stage 3 of two blocks is 3 and 7, stage 4 is 12.
  const auto rates = report.at("learning_rates");
  REQUIRE(rates.size() == 5);
  CHECK(rates[0] == config::Json{{"part", "stage 1"}, {"lowest", 1e-3 / 4096}, {"highest", 1e-3 / 4096}});
  CHECK(rates[2] == config::Json{{"part", "stage 3"}, {"lowest", 1e-3 / 1024}, {"highest", 1e-3 / 64}});
  CHECK(rates[3] == config::Json{{"part", "stage 4"}, {"lowest", 1e-3 / 2}, {"highest", 1e-3 / 2}});
  CHECK(rates[4] == config::Json{{"part", "head"}, {"lowest", 1e-3}, {"highest", 1e-3}});
  const std::string sentence = start_sentence(report);
  INFO(sentence);
  CHECK_THAT(sentence, ContainsSubstring("starts from w.pth: ") &&
                           ContainsSubstring(" tensors loaded, a fresh head for 4 classes; ") &&
                           ContainsSubstring(" parameters frozen (up to stem); ") &&
                           ContainsSubstring("(layer_decay 0.5): stage 1 2.44e-07, ") &&
                           ContainsSubstring("stage 3 9.77e-07 to 1.56e-05, stage 4 0.0005, head 0.001"));
}

TEST_CASE("A run from a file tells what it starts from, once, and keeps it in start.json", "[train]") {
  struct : TrainObserver {
    void on_note(const std::string& text) override { notes.push_back(text); }
    std::vector<std::string> notes;
  } observer;
  const std::atomic<bool> never{false};
  const tests::TemporaryFolder folder;
  TrainJob job = tests::job_in(folder / "first");
  train::train(job, observer, never);
  CHECK(observer.notes.empty());
  CHECK_FALSE(std::filesystem::exists(folder / "first/start.json"));
  job.configuration.init.weights = (folder / "first/weights.safetensors").string();
  job.folder = folder / "second";
  train::train(job, observer, never);
  REQUIRE(observer.notes.size() == 1);
  CHECK(observer.notes[0] == start_sentence(config::read_json_file(folder / "second/start.json")));
  CHECK_THAT(observer.notes[0], ContainsSubstring("the file's head, kept, for "));
}

TEST_CASE("What is frozen keeps its weights and statistics, and drops no path", "[train]") {
  auto model = network(4, 1);
  model->freeze(config::Freeze::backbone);
  model->train();
  model->set_drop_path(0.5);
  config::RecipeOptions recipe;
  Optimizer optimizer(*model, recipe);
  const torch::Tensor stem = parameter(*model, "stem.conv.weight").clone(),
                      head = parameter(*model, "head.linear.weight").clone();
  const torch::Tensor x = torch::randn({2, 3, 32, 32});
  const torch::Tensor logits = model->forward(x);
  CHECK(logits.equal(model->forward(x)));
  logits.square().sum().backward();
  optimizer.step(0.1);
  CHECK(parameter(*model, "stem.conv.weight").equal(stem));
  CHECK_FALSE(parameter(*model, "head.linear.weight").equal(head));
  for (const auto& [upto, trained] : {std::pair{config::Freeze::stem, true}, {config::Freeze::stage_1, false}}) {
    model->freeze(upto);
    CHECK_FALSE(parameter(*model, "stem.norm.weight").requires_grad());
    CHECK(parameter(*model, "stages.0.blocks.0.conv1.weight").requires_grad() == trained);
    CHECK(parameter(*model, "stages.1.blocks.0.conv1.weight").requires_grad());
  }
}

TEST_CASE("Layer-wise decay counts its groups as the published code does", "[train][reference]") {
  const config::ModelOptions tiny = plan::find_model("convnext_tiny", {"test", ""}).options;
  const config::ModelOptions base = plan::find_model("convnext_base", {"test", ""}).options;
  // By hand from the definition: id = 3 + floor(9 * block / depth) in stage 3.
  CHECK(layer_group("stem.conv.weight", tiny) == 0);
  CHECK(layer_group("stages.0.blocks.2.conv1.weight", tiny) == 1);
  CHECK(layer_group("stages.1.downsample.conv.weight", tiny) == 2);
  CHECK(layer_group("stages.1.blocks.0.norm1.bias", tiny) == 2);
  CHECK(layer_group("stages.2.downsample.norm.weight", tiny) == 3);
  CHECK(layer_group("stages.2.blocks.0.conv1.weight", tiny) == 3);
  CHECK(layer_group("stages.2.blocks.8.conv1.weight", tiny) == 11);
  CHECK(layer_group("stages.2.blocks.2.conv1.weight", base) == 3);
  CHECK(layer_group("stages.2.blocks.3.conv1.weight", base) == 4);
  CHECK(layer_group("stages.2.blocks.26.conv1.weight", base) == 11);
  CHECK(layer_group("stages.3.downsample.conv.weight", base) == 12);
  CHECK(layer_group("stages.3.blocks.1.layer_scale", base) == 12);
  CHECK(layer_group("head.norm.weight", base) == 13);
  const config::ModelOptions resnet = plan::find_model("resnet50", {"test", ""}).options;
  CHECK(layer_group("stages.2.blocks.5.conv1.weight", resnet) == 10);  // 3 + floor(9 * 5 / 6)
  CHECK(layer_group("stages.3.blocks.0.shortcut.conv.weight", resnet) == 12);
  // One stage is all blocks: they share the groups from 3 to 11.
  const config::ModelOptions isotropic = plan::find_model("convnext_isotropic_small", {"test", ""}).options;
  CHECK(layer_group("stages.0.blocks.0.conv1.weight", isotropic) == 3);
  CHECK(layer_group("stages.0.blocks.17.conv1.weight", isotropic) == 11);
  config::RecipeOptions recipe;
  recipe.layer_decay = 0.8;
  CHECK(layer_rate("stem.conv.weight", tiny, recipe) == Approx(0.0549755813888));  // .8^13
  CHECK(layer_rate("head.linear.bias", tiny, recipe) == 1.0);
}

TEST_CASE("Layer-wise decay counts single blocks where the recipe says so", "[train]") {
  const config::ModelOptions tiny = plan::find_model("convnextv2_tiny", {"test", ""}).options;  // 3 + 3 + 9 + 3 blocks
  CHECK(block_group("stem.conv.weight", tiny) == 0);
  CHECK(block_group("stages.0.blocks.0.conv1.weight", tiny) == 0);
  CHECK(block_group("stages.0.blocks.2.grn.weight", tiny) == 2);
  CHECK(block_group("stages.1.downsample.conv.weight", tiny) == 3);
  CHECK(block_group("stages.2.downsample.norm.weight", tiny) == 6);
  CHECK(block_group("stages.2.blocks.8.conv1.weight", tiny) == 14);
  CHECK(block_group("stages.3.blocks.2.conv1.weight", tiny) == 17);
  CHECK(block_group("head.norm.weight", tiny) == 18);
  config::RecipeOptions recipe;
  recipe.layer_decay = 0.9;
  recipe.layer_groups = config::LayerGroups::blocks;
  CHECK(layer_rate("stem.conv.weight", tiny, recipe) == Approx(0.150094635296999));  // .9^18
  CHECK(layer_rate("stages.3.blocks.2.conv1.weight", tiny, recipe) == Approx(0.9));
  CHECK(layer_rate("head.linear.bias", tiny, recipe) == 1.0);
}

TEST_CASE("The optimizer steps each parameter at its layer's rate", "[train]") {
  auto model = network(4, 1);
  config::RecipeOptions recipe;
  recipe.optimizer = config::Optimizer::sgd;
  recipe.momentum = 0;
  recipe.weight_decay = 0;
  recipe.layer_decay = 0.5;
  Optimizer optimizer(*model, recipe);
  for (const char* name : {"stem.conv.weight", "stages.3.blocks.0.conv1.weight", "head.linear.weight"}) {
    INFO(name);
    const torch::Tensor before = parameter(*model, name).detach().clone();
    for (auto& each : model->parameters()) each.mutable_grad() = torch::ones_like(each);
    optimizer.step(1.0);
    const double moved = (before - parameter(*model, name)).mean().item<double>();
    CHECK(moved == Approx(layer_rate(name, model->options(), recipe)).epsilon(1e-3));
  }
}

}  // namespace start_test
