#include "staircase/lab/experiment.h"

#include "staircase/base/files.h"
#include "staircase/lab/design.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::lab;

namespace {

/// Reads an experiment from text, as the file x.json.
Experiment read(const std::string& text, const std::vector<std::string>& assignments = {}) {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "x.json", text);
  std::vector<Assignment> parsed;
  for (const std::string& each : assignments) parsed.push_back(parse_assignment(each));
  return read_experiment(folder / "x.json", parsed);
}

std::vector<std::string> names(const DesignedExperiment& design) {
  std::vector<std::string> list;
  for (const Variant& variant : design.variants) list.push_back(variant.name);
  return list;
}

const std::string two_steps = R"({"kind": "ablation", "design": "DESIGN",
  "base": {"model": "resnet50", "recipe": "small", "data": {"kind": "shapes"}},
  "steps": [{"name": "narrow", "set": {"/model/width": 32}}, {"name": "gelu", "set": {"/model/activation": "gelu"}}]})";

std::string with_design(std::string text, const std::string& design) {
  return text.replace(text.find("DESIGN"), 6, design);
}

}  // namespace

TEST_CASE("The ladder stands for its base and steps, and side branches are not carried on", "[lab]") {
  const Experiment experiment = read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny", "base": {"data": {"kind": "shapes"}}})");
  const auto design = design_variants(experiment, 10, 3);
  REQUIRE(design.variants.size() == 17);
  CHECK(design.variants[0].name == "original_recipe");
  CHECK_FALSE(design.variants[0].compared_to);
  const auto find = [&](const std::string& name) {
    for (const Variant& variant : design.variants)
      if (variant.name == name) return variant;
    FAIL("no row " + name);
    return Variant{};
  };
  CHECK(find("kernel_11").configuration.model.kernel_size == 11);
  CHECK(find("gelu").configuration.model.kernel_size == 7);
  CHECK(design.variants[*find("kernel_11").compared_to].name == "kernel_7");
  CHECK(design.variants[*find("gelu").compared_to].name == "kernel_7");
  CHECK(find("modern_recipe").changes[0].b == "modern");
  CHECK(find("gelu").configuration.model.num_classes == 10);
}

TEST_CASE("A step of the file takes the place of the ladder's step of its name", "[lab]") {
  const Experiment experiment = read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny",
    "base": {"data": {"kind": "shapes"}}, "steps": [{"name": "modern_recipe", "set": {"/recipe": "small"}}]})");
  CHECK(experiment.steps.size() == 17);
  CHECK(experiment.steps[1].set["/recipe"] == "small");
  CHECK(experiment.steps[1].group == "recipe");
}

TEST_CASE("Cumulative steps pile up and one_at_a_time steps do not", "[lab]") {
  const auto piled = design_variants(read(with_design(two_steps, "cumulative")), 10, 3);
  CHECK(names(piled) == std::vector<std::string>{"base", "narrow", "gelu"});
  CHECK(piled.variants[2].configuration.model.width == 32);
  CHECK(*piled.variants[2].compared_to == 1);
  const auto single = design_variants(read(with_design(two_steps, "one_at_a_time")), 10, 3);
  CHECK(single.variants[2].configuration.model.width == 64);
  CHECK(*single.variants[2].compared_to == 0);
}

TEST_CASE("A grid holds every combination, alternatives of one field on one axis", "[lab]") {
  const auto design = design_variants(read(R"({"kind": "ablation", "design": "grid",
    "base": {"model": "resnet50", "recipe": {"from": "small", "batch_size": 256}, "data": {"kind": "shapes"}},
    "steps": [{"name": "layer", "set": {"/model/norm": "layer"}}, {"name": "batch_32", "set": {"/recipe/batch_size": 32}},
              {"name": "batch_4", "set": {"/recipe/batch_size": 4}}]})"), 10, 3);
  CHECK(design.variants.size() == 6);
  REQUIRE(design.axes.size() == 2);
  CHECK(design.axes[1].values == std::vector<std::string>{"256 (base)", "batch_32", "batch_4"});
  CHECK(design.variants[5].configuration.model.norm == config::Norm::layer);
  CHECK(design.variants[5].configuration.recipe.batch_size == 4);
}

TEST_CASE("A step that changes several fields is refused by name, unless it says why", "[lab]") {
  const std::string text = R"({"kind": "ablation", "base": {"model": "resnet50", "data": {"kind": "shapes"}},
    "steps": [{"name": "both", BUNDLE "set": {"/model/width": 32, "/model/kernel_size": 5}}]})";
  const auto with = [&](const std::string& bundle) { return std::string(text).replace(text.find("BUNDLE"), 6, bundle); };
  CHECK_THROWS_WITH(read(with("")), ContainsSubstring("/steps/0/set") && ContainsSubstring("/model/width, /model/kernel_size"));
  CHECK_NOTHROW(read(with("\"bundle\": \"they belong together\",")));
}

TEST_CASE("Overriding the field that a step edits is refused, parts of a whole are not", "[lab]") {
  CHECK_THROWS_WITH(read(with_design(two_steps, "cumulative"), {"/model/width=16"}),
                    ContainsSubstring("/model/width") && ContainsSubstring("the step narrow edits"));
  const Experiment ladder = read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny", "base": {"data": {"kind": "shapes"}}})",
                                 {"/recipe/epochs=2", "/recipe/warmup_epochs=0"});
  for (const Variant& variant : design_variants(ladder, 10, 3).variants) CHECK(variant.configuration.recipe.epochs == 2);
}

TEST_CASE("Candidates of a comparison may differ in their model alone", "[lab]") {
  const std::string head = R"({"kind": "comparison", "base": {"recipe": "small", "data": {"kind": "shapes"}}, "candidates": [)";
  const Experiment good = read(head + R"({"name": "a", "model": "resnet50"}, {"name": "b", "model": "convnext_tiny"}]})");
  CHECK(design_variants(good, 10, 3).variants.size() == 2);
  CHECK_THROWS_WITH(read(head + R"({"name": "a", "model": "resnet50"}, {"name": "b", "model": "resnet50", "recipe": "modern"}]})"),
                    ContainsSubstring("/candidates/1/recipe"));
}

TEST_CASE("Mistakes in an experiment are named with their place", "[lab]") {
  const auto fails = [](const std::string& text, const std::string& part) { CHECK_THROWS_WITH(read(text), ContainsSubstring(part)); };
  fails(R"({"kind": "ablation", "base": {"model": "resnet5"}, "steps": [{"name": "a", "set": {"/model/width": 8}}]})",
        "did you mean \"resnet50\"");
  fails(R"({"kind": "ablation", "base": {"model": {"nrm": "batch"}}, "steps": []})", "x.json");
  fails(R"({"kind": "single", "base": {"model": {"nrm": "batch"}}})", "/model/nrm: is not a known field (did you mean \"norm\"?)");
  fails(R"({"kind": "single", "base": {"recipe": {"epochs": 2.5}}})", "/recipe/epochs: found 2.5");
  fails(R"({"kind": "single", "seeds": [0, 0]})", "/seeds: holds 0 twice");
  fails(R"({"kind": "single", "seeds": []})", "/seeds: holds 0 values");
  fails(R"({"kind": "single", "extends": "absent.json"})", "absent.json");
  fails(R"({"kind": "single", "extends": "x.json"})", "in a circle");
  fails(R"({"kind": "sngle"})", "did you mean \"single\"");
  fails(R"({"name": "../up", "kind": "single"})", "/name");
}

TEST_CASE("Fields that cannot go together are refused with the configuration's name", "[lab]") {
  const Experiment small_images = read(R"({"kind": "single", "base": {"model": "convnext_tiny", "data": {"kind": "shapes", "image_size_px": 16}}})");
  CHECK_THROWS_WITH(design_variants(small_images, 10, 3), ContainsSubstring("/data/image_size_px: 16 px is too small"));
  const Experiment warmup = read(R"({"kind": "single", "base": {"recipe": {"from": "modern", "epochs": 5}, "data": {"kind": "shapes"}}})");
  CHECK_THROWS_WITH(design_variants(warmup, 10, 3), ContainsSubstring("/recipe/warmup_epochs") && ContainsSubstring("/recipe/epochs"));
  const Experiment classes = read(R"({"kind": "single", "base": {"model": {"num_classes": 7}, "recipe": "small", "data": {"kind": "shapes"}}})");
  CHECK_THROWS_WITH(design_variants(classes, 10, 3), ContainsSubstring("/model/num_classes: found 7, but the data has 10 classes"));
}

TEST_CASE("An experiment that is written as resolved reads back to the same", "[lab]") {
  const Experiment experiment = read(R"({"name": "n", "kind": "ablation", "ladder": "resnet200-convnext_base", "base": {"data": {"kind": "shapes"}}})");
  const config::Json written = write_experiment(experiment);
  const Experiment again = resolve_experiment(written, "again");
  CHECK(write_experiment(again) == written);
  CHECK(again.base == experiment.base);
}

TEST_CASE("An assignment takes JSON or a bare word", "[lab]") {
  CHECK(parse_assignment("/model/depths=[3,3,9,3]").value == config::Json({3, 3, 9, 3}));
  CHECK(parse_assignment("/model/norm=layer").value == "layer");
  CHECK(parse_assignment("/recipe/learning_rate=1e-3").value == 1e-3);
  CHECK(parse_assignment("/data/path=/a=b").value == "/a=b");
  CHECK_THROWS_AS(parse_assignment("model/norm=layer"), RequestError);
  CHECK_THROWS_AS(parse_assignment("/model/norm"), RequestError);
}

TEST_CASE("The committed schema is the program's own", "[lab]") {
  CHECK(config::read_json_file(STAIRCASE_SOURCE "/experiments/schema/experiment.schema.json") == experiment_schema());
}
