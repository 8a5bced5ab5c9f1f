#include "staircase/experiment/experiment.h"

#include "staircase/base/files.h"
#include "staircase/experiment/design.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace experiment_test {

using namespace staircase;
using namespace staircase::experiment;
using Catch::Matchers::EndsWith;

namespace {

/// Reads an experiment from text, as the file x.json.
Experiment read(const std::string& text, const std::vector<std::string>& assignments = {}) {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "x.json", text);
  std::vector<Assignment> parsed;
  for (const std::string& each : assignments) parsed.push_back(parse_assignment(each));
  return read_experiment(folder / "x.json", parsed);
}

/// Reads an experiment that extends parent.json.
Experiment read_over(const std::string& parent, const std::string& child) {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "parent.json", parent);
  write_file_atomically(folder / "x.json", child);
  return read_experiment(folder / "x.json");
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

TEST_CASE("The ladder stands for its base and steps, and side branches are not carried on", "[experiment]") {
  const Experiment experiment =
      read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny", "base": {"data": {"kind": "shapes"}}})");
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

TEST_CASE("A step of the file takes the place of the ladder's step of its name", "[experiment]") {
  const Experiment experiment = read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny",
    "base": {"data": {"kind": "shapes"}}, "steps": [{"name": "modern_recipe", "set": {"/recipe": "small"}}]})");
  CHECK(experiment.steps.size() == 17);
  CHECK(experiment.steps[1].set["/recipe"] == "small");
  CHECK(experiment.steps[1].group == "recipe");
}

TEST_CASE("Fields of a recipe beside a ladder change the ladder's own recipe", "[experiment]") {
  const Experiment experiment =
      read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny", "base": {"recipe": {"batch_size": 128}}})");
  CHECK(experiment.base.recipe.batch_size == 128);
  CHECK(experiment.base.recipe.optimizer == config::Optimizer::sgd);
  CHECK(experiment.base.recipe.epochs == 90);
}

TEST_CASE("Fields over a name that an extended file gives change what the name stands for", "[experiment]") {
  const std::string parent = R"({"kind": "single", "base": {"model": "convnext_tiny", "recipe": "small"}})";
  const config::Configuration fields = read_over(parent, R"({"extends": "parent.json",
    "base": {"model": {"kernel_size": 5}, "recipe": {"epochs": 3}}})")
                                           .base;
  CHECK(fields.model.kernel_size == 5);
  CHECK(fields.model.depths == std::vector<int64_t>{3, 3, 9, 3});
  CHECK(fields.model_drop_path_rate == 0.1);
  CHECK(fields.recipe.epochs == 3);
  CHECK(fields.recipe.batch_size == 128);
  const config::Configuration named = read_over(parent, R"({"extends": "parent.json",
    "base": {"model": {"from": "resnet50", "kernel_size": 5}, "recipe": "modern"}})")
                                          .base;
  CHECK(named.model.depths == std::vector<int64_t>{3, 4, 6, 3});
  CHECK(named.recipe.batch_size == 4096);
}

TEST_CASE("Fields over a name in an extended file's override change what the name stands for", "[experiment]") {
  const Experiment experiment = read_over(R"({"kind": "single", "override": {"/recipe": "small"}})",
                                          R"({"extends": "parent.json", "override": {"/recipe": {"epochs": 3}}})");
  const config::RecipeOptions recipe = design_variants(experiment, 10, 3).variants[0].configuration.recipe;
  CHECK(recipe.epochs == 3);
  CHECK(recipe.batch_size == 128);
}

TEST_CASE("Cumulative steps pile up and one_at_a_time steps do not", "[experiment]") {
  const auto piled = design_variants(read(with_design(two_steps, "cumulative")), 10, 3);
  CHECK(names(piled) == std::vector<std::string>{"base", "narrow", "gelu"});
  CHECK(piled.variants[2].configuration.model.width == 32);
  CHECK(*piled.variants[2].compared_to == 1);
  const auto single = design_variants(read(with_design(two_steps, "one_at_a_time")), 10, 3);
  CHECK(single.variants[2].configuration.model.width == 64);
  CHECK(*single.variants[2].compared_to == 0);
}

TEST_CASE("A grid holds every combination, alternatives of one field on one axis", "[experiment]") {
  const auto design = design_variants(read(R"({"kind": "ablation", "design": "grid",
    "base": {"model": "resnet50", "recipe": {"from": "small", "batch_size": 256}, "data": {"kind": "shapes"}},
    "steps": [{"name": "layer", "set": {"/model/norm": "layer"}}, {"name": "batch_32", "set": {"/recipe/batch_size": 32}},
              {"name": "batch_4", "set": {"/recipe/batch_size": 4}}]})"),
                                      10, 3);
  CHECK(design.variants.size() == 6);
  REQUIRE(design.axes.size() == 2);
  CHECK(design.axes[1].values == std::vector<std::string>{"256 (base)", "batch_32", "batch_4"});
  CHECK(design.variants[5].configuration.model.norm == config::Norm::layer);
  CHECK(design.variants[5].configuration.recipe.batch_size == 4);
}

TEST_CASE("In a grid a part as a whole comes before an edit of one of its fields, whatever their order",
          "[experiment]") {
  const std::string mixup = R"({"name": "no_mixup", "set": {"/recipe/mixup_alpha": 0}})",
                    recipe = R"({"name": "modern", "set": {"/recipe": "modern"}})";
  for (const std::string& steps : {mixup + "," + recipe, recipe + "," + mixup}) {
    const auto design = design_variants(
        read(
            R"({"kind": "ablation", "design": "grid", "base": {"model": "resnet50", "data": {"kind": "shapes"}}, "steps": [)" +
            steps + "]}"),
        10, 3);
    const Variant& both = design.variants.at(3);
    CHECK(both.configuration.recipe.mixup_alpha == 0);
    CHECK(both.configuration.recipe.epochs == 300);
  }
}

TEST_CASE("A bundle that sets a part as a whole and one of its fields keeps both", "[experiment]") {
  for (const std::string design : {"cumulative", "one_at_a_time", "grid"}) {
    const auto rows = design_variants(read(R"({"kind": "ablation", "design": ")" + design +
                                           R"(", "base": {"model": "resnet50", "data": {"kind": "shapes"}},
      "steps": [{"name": "both", "bundle": "they belong together", "set": {"/recipe/mixup_alpha": 0, "/recipe": "modern"}}]})"),
                                      10, 3)
                          .variants;
    CHECK(rows.at(1).configuration.recipe.mixup_alpha == 0);
    CHECK(rows.at(1).configuration.recipe.epochs == 300);
  }
}

TEST_CASE("Axes of a grid that set a common field are refused, for a cell would lose one of them", "[experiment]") {
  CHECK_THROWS_WITH(
      design_variants(
          read(R"({"kind": "ablation", "design": "grid", "base": {"model": "resnet50", "data": {"kind": "shapes"}},
      "steps": [{"name": "wide", "set": {"/model/width": 96}},
                {"name": "both", "bundle": "they belong together", "set": {"/model/width": 32, "/model/kernel_size": 5}}]})"),
          10, 3),
      ContainsSubstring("x.json: /steps: wide and both both set /model/width but not the same fields"));
  CHECK(design_variants(
            read(R"({"kind": "ablation", "design": "grid", "base": {"model": "resnet50", "data": {"kind": "shapes"}},
      "steps": [{"name": "a", "bundle": "b", "set": {"/model/kernel_size": 7, "/model/width": 96}},
                {"name": "b", "bundle": "b", "set": {"/model/width": 32, "/model/kernel_size": 5}}]})"),
            10, 3)
            .variants.size() == 3);
}

TEST_CASE("A ladder gives its published drop-path rate to recipes that take the model's", "[experiment]") {
  const auto of = [](const std::string& ladder, const std::string& more) {
    return design_variants(read(R"({"kind": "ablation", "ladder": ")" + ladder +
                                R"(", "base": {"data": {"kind": "shapes"}})" + more + "}"),
                           10, 3)
        .variants;
  };
  const std::string recipe = R"("/recipe/drop_path_rate": "model")";
  for (const Variant& row : of("resnet50-convnext_tiny", R"(, "override": {)" + recipe + "}"))
    CHECK(row.configuration.model_drop_path_rate == 0.1);
  for (
      const Variant& row :
      of("resnet200-convnext_base",
         R"(, "steps": [{"name": "modern_recipe", "set": {"/recipe": {"from": "modern", "drop_path_rate": "model"}}}])"))
    CHECK(row.configuration.model_drop_path_rate == 0.5);
  for (const Variant& row : of("resnet50-convnext_tiny", ""))
    CHECK(row.configuration.model_drop_path_rate == 0);  // decides nothing there, and old runs are named by it
}

TEST_CASE("A step that changes several fields is refused by name, unless it says why", "[experiment]") {
  const std::string text = R"({"kind": "ablation", "base": {"model": "resnet50", "data": {"kind": "shapes"}},
    "steps": [{"name": "both", BUNDLE "set": {"/model/width": 32, "/model/kernel_size": 5}}]})";
  const auto with = [&](const std::string& bundle) {
    return std::string(text).replace(text.find("BUNDLE"), 6, bundle);
  };
  CHECK_THROWS_WITH(read(with("")),
                    ContainsSubstring("/steps/0/set") && ContainsSubstring("/model/width, /model/kernel_size"));
  CHECK_NOTHROW(read(with("\"bundle\": \"they belong together\",")));
}

TEST_CASE("A step that replaces a whole part but the recipe counts as several changes", "[experiment]") {
  const auto with = [](const std::string& edit, const std::string& bundle = "") {
    return R"({"kind": "ablation", "base": {"model": "resnet50"}, "steps": [{"name": "whole", )" + bundle +
           R"("set": {)" + edit + "}}]}";
  };
  const std::string model = R"("/model": "convnext_tiny")";
  for (const std::string& edit :
       {model, std::string(R"("/data": {"kind": "shapes"})"), std::string(R"("/init": {"new_head": true})")})
    CHECK_THROWS_WITH(read(with(edit)), ContainsSubstring("x.json: /steps/0/set: the step whole replaces /") &&
                                            ContainsSubstring("\"bundle\""));
  CHECK_NOTHROW(read(with(model, R"("bundle": "another network", )")));
  CHECK_NOTHROW(read(with(R"("/recipe": "small")")));
  CHECK_THROWS_WITH(design_variants(read(with(R"("/model/": "convnext_tiny")")), 10, 3),
                    ContainsSubstring("\"/model/\" leads nowhere"));
}

TEST_CASE("A step is not called base where that is the row it starts from", "[experiment]") {
  const auto with = [](const std::string& first, const std::string& design) {
    return R"({"kind": "ablation", "design": ")" + design + R"(", "base": {"model": "resnet50"},
      "steps": [)" +
           first + R"({"name": "base", "set": {"/model/norm": "layer"}}]})";
  };
  for (const std::string design : {"cumulative", "one_at_a_time", "grid", "pairwise", "shapley"})
    CHECK_THROWS_WITH(read(with("", design)),
                      ContainsSubstring("/steps/0/name: \"base\" is the row that the steps start from"));
  CHECK_NOTHROW(read(with("", "leave_one_out")));
  CHECK_NOTHROW(read(with(R"({"name": "resnet50", "set": {}}, )", "grid")));
}

TEST_CASE("Overriding the field that a step edits is refused, parts of a whole are not", "[experiment]") {
  CHECK_THROWS_WITH(read(with_design(two_steps, "cumulative"), {"/model/width=16"}),
                    ContainsSubstring("/model/width") && ContainsSubstring("the step narrow edits"));
  const Experiment ladder =
      read(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny", "base": {"data": {"kind": "shapes"}}})",
           {"/recipe/epochs=2", "/recipe/warmup_epochs=0"});
  for (const Variant& variant : design_variants(ladder, 10, 3).variants)
    CHECK(variant.configuration.recipe.epochs == 2);
}

TEST_CASE("Candidates of a comparison may differ in their model alone", "[experiment]") {
  const std::string head =
      R"({"kind": "comparison", "base": {"recipe": "small", "data": {"kind": "shapes"}}, "candidates": [)";
  const Experiment good =
      read(head + R"({"name": "a", "model": "resnet50"}, {"name": "b", "model": "convnext_tiny"}]})");
  CHECK(design_variants(good, 10, 3).variants.size() == 2);
  CHECK_THROWS_WITH(
      read(head + R"({"name": "a", "model": "resnet50"}, {"name": "b", "model": "resnet50", "recipe": "modern"}]})"),
      ContainsSubstring("/candidates/1/recipe"));
}

TEST_CASE("Each candidate of a comparison has a plain name of its own", "[experiment]") {
  const auto with = [](const std::string& first, const std::string& second) {
    return R"({"kind": "comparison", "base": {"recipe": "small"}, "candidates": [{"name": ")" + first +
           R"(", "model": "resnet50"}, {"name": ")" + second + R"(", "model": "convnext_tiny"}]})";
  };
  CHECK_NOTHROW(read(with("a", "b")));
  CHECK_THROWS_WITH(read(with("a", "../b")), ContainsSubstring("/candidates/1/name: found \"../b\""));
  CHECK_THROWS_WITH(read(with("", "b")), ContainsSubstring("/candidates/0/name: is missing or empty, allowed are"));
  CHECK_THROWS_WITH(read(with("a", "a")),
                    ContainsSubstring("/candidates/1/name: \"a\" stands twice among the candidates"));
}

TEST_CASE("Mistakes in an experiment are named with their place", "[experiment]") {
  const auto fails = [](const std::string& text, const std::string& part) {
    CHECK_THROWS_WITH(read(text), ContainsSubstring(part));
  };
  fails(R"({"kind": "ablation", "base": {"model": "resnet5"}, "steps": [{"name": "a", "set": {"/model/width": 8}}]})",
        "did you mean \"resnet50\"");
  fails(R"({"kind": "ablation", "base": {"model": {"nrm": "batch"}}, "steps": []})", "x.json");
  fails(R"({"kind": "single", "base": {"model": {"nrm": "batch"}}})",
        "/model/nrm: is not a known field (did you mean \"norm\"?)");
  fails(R"({"kind": "single", "base": {"recipe": {"epochs": 2.5}}})", "/recipe/epochs: found 2.5");
  fails(R"({"kind": "single", "seeds": [0, 0]})", "/seeds: holds 0 twice");
  fails(R"({"kind": "single", "seeds": []})", "/seeds: holds 0 values");
  fails(R"({"kind": "single", "extends": "absent.json"})", "absent.json");
  fails(R"({"kind": "single", "extends": "x.json"})", "in a circle");
  fails(R"({"kind": "sngle"})", "did you mean \"single\"");
  fails(R"({"name": "../up", "kind": "single"})", "/name");
}

TEST_CASE("A pointer that leads into no configuration is answered with the one that was meant", "[experiment]") {
  const auto refused = [](const std::string& pointer, const std::string& meant) {
    const std::string hint = "/data or /init (did you mean " + meant + "?)", edit = "{\"" + pointer + "\": \"layer\"}";
    CHECK_THROWS_WITH(read(R"({"kind": "ablation", "steps": [{"name": "a", "set": )" + edit + "}]}"),
                      ContainsSubstring("a step sets fields under /model, /recipe, " + hint + " (in the step a)"));
    CHECK_THROWS_WITH(read(R"({"kind": "single", "override": )" + edit + "}"), ContainsSubstring(hint));
  };
  refused("/base/model/norm", "\"/model/norm\"");
  refused("/base/recipe", "\"/recipe\"");
  refused("model/norm", "\"/model/norm\"");
  refused("/norm", "\"/model/norm\"");
  refused("/lr", "\"/recipe/learning_rate\"");
  CHECK_THROWS_WITH(read(R"({"kind": "single", "base": {"model": "resnet50"}})", {"/base/model/norm=layer"}),
                    ContainsSubstring("no object (did you mean \"/model/norm\"?)"));
  CHECK_THROWS_WITH(read(R"({"kind": "ablation", "steps": [{"set": {"/model/norm": "layer"}}]})"),
                    ContainsSubstring("/steps/0/name: is missing or empty"));
}

TEST_CASE("What is wrong inside a step is said with the step's name and its place", "[experiment]") {
  for (const char* design : {"cumulative", "one_at_a_time", "leave_one_out", "pairwise", "shapley", "grid"}) {
    const auto refused = [&](const char* set) {
      return [text = std::string(R"({"kind": "ablation", "base": {"recipe": "small"}, "design": ")") + design +
                     R"(", "steps": [{"name": "start", "set": {}}, {"name": "norms", "set": {)" + set +
                     "}}]}"] { design_variants(read(text), 10, 3); };
    };
    CHECK_THROWS_WITH(refused(R"("/model/norm": "layr")")(), ContainsSubstring("/model/norm: ") &&
                                                                 ContainsSubstring("did you mean \"layer\"?") &&
                                                                 EndsWith(" (in the step norms, /steps/1/set)"));
    CHECK_THROWS_WITH(refused(R"("/model/nrm": "layer")")(), EndsWith(" (in the step norms, /steps/1/set)"));
    CHECK_THROWS_WITH(refused(R"("/recipe": "smal")")(), EndsWith(" (in the step norms, /steps/1/set)"));
  }
}

TEST_CASE("Beside a ladder a step's place is that in its file", "[experiment]") {
  const auto with_step = [](const char* step) {
    return read(std::string(R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny", "steps": [)") + step + "]}");
  };
  const Experiment experiment = with_step(R"({"name": "norms", "set": {"/model/norm": "layr"}})");
  CHECK_THROWS_WITH(design_variants(experiment, 10, 3), EndsWith(" (in the step norms, /steps/0/set)"));
  CHECK(experiment.step_place("gelu") == "/ladder");
  CHECK_THROWS_WITH(with_step(R"({"name": "r", "set": {"/recipe": "smal"}})"),
                    EndsWith(" (in the step r, /steps/0/set)"));
}

TEST_CASE("Fields that cannot go together are refused with the configuration's name", "[experiment]") {
  const Experiment small_images = read(
      R"({"kind": "single", "base": {"model": "convnext_tiny", "data": {"kind": "shapes", "image_size_px": 16}}})");
  CHECK_THROWS_WITH(design_variants(small_images, 10, 3), ContainsSubstring("/data/image_size_px: 16 px is too small"));
  const Experiment warmup =
      read(R"({"kind": "single", "base": {"recipe": {"from": "modern", "epochs": 5}, "data": {"kind": "shapes"}}})");
  CHECK_THROWS_WITH(design_variants(warmup, 10, 3),
                    ContainsSubstring("/recipe/warmup_epochs") && ContainsSubstring("/recipe/epochs"));
  const Experiment classes = read(
      R"({"kind": "single", "base": {"model": {"num_classes": 7}, "recipe": "small", "data": {"kind": "shapes"}}})");
  CHECK_THROWS_WITH(design_variants(classes, 10, 3),
                    ContainsSubstring("/model/num_classes: found 7, but the data has 10 classes"));
}

TEST_CASE("An experiment that is written as resolved reads back to the same", "[experiment]") {
  const Experiment experiment = read(
      R"({"name": "n", "kind": "ablation", "ladder": "resnet200-convnext_base", "base": {"data": {"kind": "shapes"}}})");
  const config::Json written = write_experiment(experiment);
  const Experiment again = resolve_experiment(written, "again");
  CHECK(write_experiment(again) == written);
  CHECK(again.base == experiment.base);
}

TEST_CASE("An assignment takes JSON or a bare word", "[experiment]") {
  CHECK(parse_assignment("/model/depths=[3,3,9,3]").value == config::Json({3, 3, 9, 3}));
  CHECK(parse_assignment("/model/norm=layer").value == "layer");
  CHECK(parse_assignment("/recipe/learning_rate=1e-3").value == 1e-3);
  CHECK(parse_assignment("/data/path=/a=b").value == "/a=b");
  CHECK(parse_assignment("/model/width=-1").value == -1);
  CHECK(parse_assignment("/model/patchify_norm=false").value == false);
  for (const std::string word : {".", "..", "-", "e", "1.2.3", "1e999", ""})
    CHECK(parse_assignment("/data/path=" + word).value == config::Json(word));
  CHECK_THROWS_AS(parse_assignment("/seeds=[1"), RequestError);
  CHECK_THROWS_AS(parse_assignment("model/norm=layer"), RequestError);
  CHECK_THROWS_AS(parse_assignment("/model/norm"), RequestError);
}

TEST_CASE("An assignment to a field is refused where the file's override is no object", "[experiment]") {
  for (const std::string value : {"[]", "null"})
    CHECK_THROWS_WITH(read(R"({"kind": "single", "override": )" + value + "}", {"/recipe/epochs=2"}),
                      ContainsSubstring("x.json: /override: found ") &&
                          ContainsSubstring("allowed is an object of pointer to value"));
}

TEST_CASE("A relative path on the command line starts at the working folder, also in a part as a whole",
          "[experiment]") {
  const std::string photos = (std::filesystem::current_path() / "photos").string();
  const std::string weights = (std::filesystem::current_path() / "w.pth").string();
  const Experiment whole = read(R"({"kind": "single"})", {R"(/data={"kind": "image_folder", "path": "photos"})",
                                                          R"(/init={"weights": "w.pth"})", "/base/init/weights=w.pth"});
  CHECK(whole.options.override_fields["/data"]["path"] == photos);
  CHECK(whole.options.override_fields["/init"]["weights"] == weights);
  CHECK(whole.base.init.weights == weights);
}

TEST_CASE("A relative path in a file starts at the folder of the file that says it", "[experiment]") {
  const tests::TemporaryFolder folder;
  make_folder(folder / "below");
  write_file_atomically(folder / "below/parent.json",
                        R"({"kind": "ablation", "base": {"model": "resnet50", "init": {"weights": "../w.pth"}}})");
  write_file_atomically(folder / "x.json", R"({"extends": "below/parent.json", "base": {"data": {"path": "photos"}},
    "override": {"/data": {"kind": "image_folder", "path": "all"}}, "steps": [
    {"name": "from_file", "set": {"/init/weights": "w2.pth"}}, {"name": "random", "set": {"/init/weights": ""}},
    {"name": "photos", "bundle": "other images", "set": {"/init": {"weights": "./w3.pth"}}}]})");
  const config::Json written = write_experiment(read_experiment(folder / "x.json"));
  CHECK(written["base"]["data"]["path"] == (folder / "photos").string());
  CHECK(written["base"]["init"]["weights"] == (folder / "w.pth").string());
  CHECK(written["override"]["/data"]["path"] == (folder / "all").string());
  CHECK(written["steps"][0]["set"]["/init/weights"] == (folder / "w2.pth").string());
  CHECK(written["steps"][1]["set"]["/init/weights"] == "");
  CHECK(written["steps"][2]["set"]["/init"]["weights"] == (folder / "w3.pth").string());
}

TEST_CASE("The committed schema is the program's own", "[experiment]") {
  CHECK(config::read_json_file(STAIRCASE_SOURCE "/experiments/schema/experiment.schema.json") == experiment_schema());
}

}  // namespace experiment_test
