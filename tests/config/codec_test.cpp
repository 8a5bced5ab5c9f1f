#include "staircase/config/codec.h"

#include "staircase/config/data_options.h"
#include "staircase/config/model_options.h"
#include "staircase/config/recipe_options.h"
#include "support/catch.h"

namespace codec_test {

using namespace staircase::config;

namespace {
ModelOptions read_model(const std::string& text) {
  return read_options<ModelOptions>(parse_json(text, "rung.json"), {"rung.json", "/model"});
}
}  // namespace

TEST_CASE("A misspelt value names the file, the place, what is allowed and the nearest", "[config]") {
  CHECK_THROWS_WITH(read_model(R"({"norm": "layr"})"),
                    "rung.json: /model/norm: \"layr\" is not one of batch, layer, group (did you mean \"layer\"?)");
}

TEST_CASE("An unknown key is refused with the nearest known one", "[config]") {
  CHECK_THROWS_WITH(read_model(R"({"kernl_size": 5})"),
                    "rung.json: /model/kernl_size: is not a known field (did you mean \"kernel_size\"?)");
}

TEST_CASE("A field that is called otherwise elsewhere is found by that name", "[config]") {
  const auto refuse = [](const std::string& text, const std::string& sentence) {
    CHECK_THROWS_WITH(read_options<RecipeOptions>(parse_json(text, "x.json"), {"x.json", "/recipe"}),
                      "x.json: /recipe/" + sentence);
  };
  refuse(R"({"lr": 0.1})", "lr: is not a known field (did you mean \"learning_rate\"?)");
  refuse(R"({"Weight-Decay": 0})", "Weight-Decay: is not a known field (did you mean \"weight_decay\"?)");
  refuse(R"({"bs": 8})", "bs: is not a known field (did you mean \"batch_size\"?)");
  refuse(R"({"batch": 8})", "batch: is not a known field (did you mean \"batch_size\"?)");
  refuse(R"({"epoch": 8})", "epoch: is not a known field (did you mean \"epochs\"?)");
  refuse(R"({"betas": [0.9]})", "betas: is not a known field (did you mean \"beta1\" or \"beta2\"?)");
  refuse(R"({"augment": 1})",
         "augment: is not a known field (did you mean \"repeated_augmentation\" or \"rand_augment_operations\" or "
         "\"rand_augment_magnitude\"?)");
}

TEST_CASE("A field that stands elsewhere is suggested by its pointer", "[config]") {
  CHECK_THROWS_WITH(read_model(R"({"lr": 5})"),
                    "rung.json: /model/lr: is not a known field (did you mean /recipe/learning_rate?)");
  CHECK_THROWS_WITH(read_model(R"({"batch_size": 5})"), ContainsSubstring("(did you mean /recipe/batch_size?)"));
  CHECK_THROWS_WITH(read_model(R"({"seed": 5})"), ContainsSubstring("(did you mean /seeds?)"));  // not stem
  CHECK_THROWS_WITH(read_model(R"({"qqqqqqqq": 5})"),
                    ContainsSubstring("/model/qqqqqqqq: is not a known field, known are depths, width, "));
}

TEST_CASE("Wrong types and values out of range say what was found and what is allowed", "[config]") {
  CHECK_THROWS_WITH(read_model(R"({"kernel_size": 64})"),
                    "rung.json: /model/kernel_size: found 64, allowed is an integer from 1 to 63");
  CHECK_THROWS_WITH(read_model(R"({"kernel_size": 3.0})"), ContainsSubstring("found 3.0"));
  CHECK_THROWS_WITH(read_model(R"({"width": 99999999999999999999})"), ContainsSubstring("from 1 to 4096"));
  CHECK_THROWS_WITH(read_model(R"({"depths": [3, 0]})"), ContainsSubstring("/model/depths/1: found 0"));
  CHECK_THROWS_WITH(read_model(R"({"depths": []})"), ContainsSubstring("1 to 4"));
  CHECK_THROWS_WITH(read_model(R"({"norms_per_block": 2})"), ContainsSubstring("allowed is 1 or 3"));
  CHECK_THROWS_WITH(read_model(R"({"patchify_norm": 1})"), ContainsSubstring("true or false"));
  CHECK_THROWS_WITH(read_model("[]"), ContainsSubstring("an object"));
}

TEST_CASE("What is written is read back to an equal struct", "[config]") {
  ModelOptions model;
  model.depths = {3, 3, 9};
  model.norm = Norm::layer;
  model.width_factor = 0.1;
  CHECK(read_options<ModelOptions>(write_options(model), {}) == model);
  RecipeOptions recipe;
  recipe.drop_path_rate = {std::nullopt};
  recipe.learning_rate = 1.0 / 3.0;
  const Json reparsed = parse_json(write_options(recipe).dump(), "");
  CHECK(read_options<RecipeOptions>(reparsed, {}) == recipe);
  CHECK(read_options<DataOptions>(write_options(DataOptions{}), {}) == DataOptions{});
}

TEST_CASE("A difference is named by its pointer and both values", "[config]") {
  ModelOptions a, b;
  CHECK(diff_options(a, b).empty());
  b.kernel_size = 7;
  const auto differences = diff_options(a, b);
  REQUIRE(differences.size() == 1);
  CHECK(differences[0].pointer == "/model/kernel_size");
  CHECK(differences[0].a == 3);
  CHECK(differences[0].b == 7);
}

TEST_CASE("The schema of a struct has an entry with help and default for every field", "[config]") {
  const Json schema = options_schema<ModelOptions>(false);
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"].size() == field_names<ModelOptions>().size());
  CHECK(schema["properties"]["norm"]["enum"] == Json::array({"batch", "layer", "group"}));
  CHECK(schema["properties"]["kernel_size"]["default"] == 3);
}

}  // namespace codec_test
