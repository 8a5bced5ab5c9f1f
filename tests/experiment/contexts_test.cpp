#include "staircase/experiment/contexts.h"

#include "experiment/designed.h"
#include "support/catch.h"
#include "support/refusal.h"

namespace contexts_test {

using namespace staircase;
using namespace staircase::experiment;
using tests::four_steps;
using tests::refusal;
using tests::row_names;

namespace {

config::Json with_contexts(const config::Json& contexts, const std::string& design = "cumulative") {
  return four_steps(design, {{"contexts", contexts}});
}

config::Json half_rate() { return {{"name", "half_rate"}, {"set", {{"/recipe/learning_rate", 0.001}}}}; }

std::string said_of(const config::Json& content) {
  return refusal([&] {
    const Experiment experiment = resolve_experiment(content, "x.json");
    check_contexts_have_effect(experiment, design_variants(experiment, 10, 3));
  });
}

}  // namespace

TEST_CASE("Every row is there in every context, compared within it", "[experiment]") {
  const DesignedExperiment plain = tests::design_of(four_steps("cumulative"));
  const DesignedExperiment design = tests::design_of(with_contexts(config::Json::array({half_rate()})));
  REQUIRE(design.variants.size() == 10);
  CHECK(design.contexts[0].name == "as written");
  CHECK(design.contexts[1].name == "half_rate");
  CHECK(design.contexts[1].changes[0].b == 0.001);
  CHECK(design.rows_a_context() == 5);
  for (size_t i = 0; i < 5; ++i) {
    CHECK(design.variants[i].name == plain.variants[i].name);
    CHECK(design.variants[i].configuration == plain.variants[i].configuration);  // so that they share their runs
    CHECK(design.row(1, i).name == "half_rate/" + plain.variants[i].name);
    CHECK(design.row(1, i).configuration.recipe.learning_rate == 0.001);
    CHECK(design.row(1, i).context == 1);
    if (i > 0) CHECK(design.row(1, i).compared_to == 5 + *plain.variants[i].compared_to);
  }
}

TEST_CASE("A context wins over an override, and a comparison has contexts too", "[experiment]") {
  config::Json content = {
      {"name", "c"},
      {"kind", "comparison"},
      {"base", {{"recipe", "small"}, {"data", {{"kind", "shapes"}}}}},
      {"candidates", {{{"name", "a"}, {"model", "resnet50"}}, {{"name", "b"}, {"model", "convnext_tiny"}}}},
      {"override", {{"/recipe/epochs", 3}}},
      {"contexts", {{{"name", "long"}, {"set", {{"/recipe/epochs", 12}}}}}}};
  const DesignedExperiment design = tests::design_of(content);
  CHECK(row_names(design) == std::vector<std::string>{"a", "b", "long/a", "long/b"});
  CHECK(design.variants[0].configuration.recipe.epochs == 3);
  CHECK(design.variants[3].configuration.recipe.epochs == 12);
  content["contexts"][0]["set"] = {{"/model", "resnet101"}};
  CHECK_THAT(said_of(content), ContainsSubstring("/contexts/0/set: the context long sets /model as a whole"));
}

TEST_CASE("The data of a context decide its own number of classes", "[experiment]") {
  const Experiment experiment = resolve_experiment(
      with_contexts({{{"name", "other_data"}, {"set", {{"/data/kind", "cifar100"}, {"/data/path", "c"}}}}}), "x.json");
  const DesignedExperiment design = design_variants(experiment, 10, 3, {{100, 3}});
  CHECK(design.row(0, 0).configuration.model.num_classes == 10);
  CHECK(design.row(1, 0).configuration.model.num_classes == 100);
}

TEST_CASE("A context that does not fit is refused in one sentence", "[experiment]") {
  CHECK(said_of(with_contexts(config::Json::array({half_rate()}))).empty());
  CHECK_THAT(said_of(with_contexts({{{"name", "relu"}, {"set", {{"/model/activation", "relu"}}}}})),
             ContainsSubstring("/contexts/0/set: the context relu sets /model/activation, but the step gelu edits"));
  CHECK_THAT(said_of(with_contexts({{{"name", "all"}, {"set", {{"/model", "resnet101"}}}}})),
             ContainsSubstring("sets /model, but the step gelu edits /model/activation"));
  CHECK_THAT(said_of(with_contexts({{{"name", "none"}}})), ContainsSubstring("the context none sets nothing"));
  CHECK_THAT(said_of(with_contexts({half_rate(), half_rate()})),
             ContainsSubstring("/contexts/1/name: \"half_rate\" stands twice among the contexts"));
  config::Json again = half_rate();
  again["name"] = "again";
  CHECK_THAT(
      said_of(with_contexts({half_rate(), again})),
      ContainsSubstring("the context again changes nothing: every row trains as it does in the context half_rate"));
  CHECK_THAT(said_of(with_contexts({{{"name", "same"}, {"set", {{"/model/groups", 16}}}}})),
             ContainsSubstring("the context same changes nothing: every row trains as it does as written"));
  CHECK_THAT(said_of(with_contexts(config::Json::array({half_rate()}), "grid")),
             ContainsSubstring("/contexts: go with /design cumulative and one_at_a_time, and with /kind comparison"));
  CHECK_THAT(said_of(with_contexts({{{"name", "seeds"}, {"set", {{"/seeds", 1}}}}})),
             ContainsSubstring("a context sets fields under /model, /recipe, /data or /init"));
}

}  // namespace contexts_test
