#include "staircase/experiment/void_steps.h"

#include <filesystem>

#include "experiment/designed.h"
#include "staircase/experiment/unread_fields.h"
#include "staircase/plan/ladder.h"
#include "support/catch.h"

namespace void_steps_test {

using namespace staircase;
using namespace staircase::experiment;
using config::Json;
using tests::four_steps;

namespace {

/// An ablation of these steps: [name, pointer, value] each; a step without a pointer sets nothing.
Json ablation(const std::string& design, const Json& steps, const Json& extra = Json::object()) {
  Json content = four_steps(design);
  content["base"]["model"]["width_factor"] = 1;
  content["steps"] = Json::array();
  for (const Json& step : steps)
    content["steps"].push_back(
        {{"name", step[0]}, {"set", step.size() > 1 ? Json{{step[1].get<std::string>(), step[2]}} : Json::object()}});
  return config::merge_json(content, extra);
}

void check(const Json& content, const std::set<std::string>& known = {}) {
  const Experiment experiment = resolve_experiment(content, "x.json");
  check_steps_have_effect(experiment, design_variants(experiment, 10, 3), known);
}

const Json relu = {"again", "/model/activation", "relu"};
const Json groups = {"g16", "/model/groups", 16};
const Json grouped = {"grouped", "/model/spatial", "grouped"};
const Json gelu = {"gelu", "/model/activation", "gelu"};

}  // namespace

TEST_CASE("A step to the value that is there is refused with its name, place and reason", "[experiment]") {
  for (const char* design : {"cumulative", "one_at_a_time", "leave_one_out", "pairwise", "shapley", "grid"})
    CHECK_THROWS_WITH(check(ablation(design, {{"start"}, relu})),
                      ContainsSubstring("x.json: /steps/1/set: the step again changes nothing wherever /design " +
                                        std::string(design) + " takes it: /model/activation is relu already"));
  CHECK_THROWS_WITH(check(ablation("cumulative", {gelu, {"small", "/recipe", "small"}})),
                    ContainsSubstring("/steps/1/set: the step small") && ContainsSubstring("/recipe is small already"));
}

TEST_CASE("A step of a field that is not read is refused with what would read it", "[experiment]") {
  CHECK_THROWS_WITH(check(ablation("cumulative", {gelu, groups})),
                    ContainsSubstring("/model/groups is read only where /model/spatial is grouped, and it is dense"));
  CHECK_THROWS_WITH(check(ablation("cumulative", {{"momentum", "/recipe/momentum", 0.8}})),
                    ContainsSubstring("/recipe/momentum is read only where /recipe/optimizer is sgd, and it is adamw"));
  CHECK_THROWS_WITH(check(ablation("cumulative", {{"jitter", "/recipe/color_jitter", 0.1}})),
                    ContainsSubstring("where /recipe/rand_augment_operations is 0, and it is 1"));
  CHECK_THROWS_WITH(check(ablation("cumulative", {{"width", "/model/width_factor", 1.001}})),
                    ContainsSubstring("/model/width_factor 1.001 gives the same, layer by layer"));
}

TEST_CASE("An override that makes a step void is named", "[experiment]") {
  const Json steps = {{"momentum", "/recipe/momentum", 0.8}};
  const Json sgd = {{"base", {{"recipe", "original"}}}};
  CHECK_NOTHROW(check(ablation("cumulative", steps, sgd)));
  CHECK_THROWS_WITH(
      check(config::merge_json(ablation("cumulative", steps, sgd), {{"override", {{"/recipe/optimizer", "adamw"}}}})),
      ContainsSubstring("and it is adamw (/override sets /recipe/optimizer)"));
}

TEST_CASE("A step passes that changes something in one place of its design", "[experiment]") {
  CHECK_NOTHROW(check(ablation("cumulative", {grouped, groups})));
  CHECK_THROWS(check(ablation("cumulative", {groups, grouped})));  // its own row would be the base again
  for (const char* design : {"pairwise", "shapley", "grid", "leave_one_out"})
    CHECK_NOTHROW(check(ablation(design, {groups, grouped})));
  CHECK_THROWS(check(ablation("one_at_a_time", {groups, grouped})));
  for (const char* design : {"pairwise", "shapley", "grid"}) CHECK_THROWS(check(ablation(design, {groups, gelu})));
}

TEST_CASE("An alternative on the axis of a grid that restates the base's value is refused", "[experiment]") {
  const Json batch_64 = {"batch_64", "/recipe/batch_size", 64}, batch_128 = {"batch_128", "/recipe/batch_size", 128};
  const Json batch_32 = {"batch_32", "/recipe/batch_size", 32};
  CHECK_NOTHROW(check(ablation("grid", {batch_64, batch_32, gelu})));
  CHECK_THROWS_WITH(check(ablation("grid", {batch_64, batch_128, gelu})),
                    ContainsSubstring("/steps/1/set: the step batch_128 changes nothing") &&
                        ContainsSubstring("/recipe/batch_size is 128 already"));
  CHECK_NOTHROW(check(ablation("grid", {batch_64, batch_128, gelu}), {"batch_128"}));  // an older folder goes on
  CHECK_THROWS_WITH(check(ablation("grid", {batch_128, gelu})), ContainsSubstring("/recipe/batch_size is 128 already"));
}

TEST_CASE("A step that a folder holds already is passed over", "[experiment]") {
  CHECK_NOTHROW(check(ablation("cumulative", {relu, gelu}), {"again"}));
  CHECK_THROWS(check(ablation("cumulative", {relu, gelu}), {"gelu"}));
}

TEST_CASE("What a configuration trains to is more than its plan", "[experiment]") {
  config::Configuration a;
  a.model.num_classes = 10;
  config::Configuration b = a;
  CHECK(train_alike(a, b));
  b.model.initialization = config::Initialization::truncated_normal;
  CHECK_FALSE(train_alike(a, b));
  a.init.weights = b.init.weights = "weights.safetensors";  // which gives every tensor
  CHECK(train_alike(a, b));
  b.recipe.drop_path_rate.rate = std::nullopt;  // the model's, which is 0 there
  CHECK_FALSE(train_alike(a, b));
  b.model_drop_path_rate = 0.1;
  CHECK(train_alike(a, b));
  b.recipe.micro_batch_size = b.recipe.batch_size;
  CHECK(train_alike(a, b));
  b.recipe.micro_batch_size = b.recipe.batch_size / 2;
  CHECK_FALSE(train_alike(a, b));
}

TEST_CASE("A step that only computes activations twice changes nothing", "[experiment]") {
  const Json twice = {"twice", "/recipe/checkpoint_activations", true};
  CHECK_THROWS_WITH(check(ablation("cumulative", {gelu, twice})),
                    ContainsSubstring("the step twice changes nothing") &&
                        ContainsSubstring("/recipe/checkpoint_activations true gives the same"));
}

TEST_CASE("Each step of every ladder changes something, at full width and at an eighth", "[experiment]") {
  for (const plan::Ladder& ladder : plan::ladders())
    for (const double factor : {1.0, 0.125}) {
      INFO(ladder.name << " at " << factor);
      CHECK_NOTHROW(check({{"name", "ladder"},
                           {"kind", "ablation"},
                           {"ladder", ladder.name},
                           {"base", {{"data", {{"kind", "shapes"}, {"image_size_px", 64}}}}},
                           {"override", {{"/model/width_factor", factor}}}}));
    }
}

TEST_CASE("Each step of every experiment that comes with the program changes something", "[experiment]") {
  for (const auto& entry : std::filesystem::directory_iterator(STAIRCASE_SOURCE "/experiments")) {
    if (entry.path().extension() != ".json") continue;
    INFO(entry.path());
    const Experiment experiment = read_experiment(entry.path());
    CHECK_NOTHROW(check_steps_have_effect(experiment, design_variants(experiment, 10, 3)));
  }
}

}  // namespace void_steps_test
