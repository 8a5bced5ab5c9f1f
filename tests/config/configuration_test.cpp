#include "staircase/config/configuration.h"

#include "support/catch.h"

namespace configuration_test {

using namespace staircase::config;

namespace {

ModelFromJson read_model(const Json& value, const Place& place) {
  return {read_options<ModelOptions>(value, place), 0.25};
}

}  // namespace

TEST_CASE("A configuration is written, part by part, from its one list of fields", "[config]") {
  std::vector<std::string> keys;
  const Json written = write_configuration({});
  for (const auto& [key, value] : written.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"model", "recipe", "data", "init", "model_drop_path_rate"});
  CHECK(keys == field_names<Configuration>());
  CHECK(read_configuration(written, "x.json", read_model).recipe == RecipeOptions{});
}

TEST_CASE("A model brings its published drop-path rate along, and what a file says wins over it", "[config]") {
  const Json model = write_options(ModelOptions{});
  CHECK(read_configuration({{"model", model}}, "x", read_model).model_drop_path_rate == 0.25);
  // Whatever the order of the keys.
  CHECK(read_configuration({{"model_drop_path_rate", 0.5}, {"model", model}}, "x", read_model).model_drop_path_rate ==
        0.5);
  Configuration c;
  set_field(c, "/model", model, "x", read_model);
  CHECK(c.model_drop_path_rate == 0.25);
}

TEST_CASE("Pointers lead to parts and to their fields, and nowhere else", "[config]") {
  for (const char* pointer : {"/model", "/recipe/epochs", "/data/path", "/init"})
    CHECK(is_configuration_pointer(pointer));
  for (const char* pointer : {"/model_drop_path_rate", "/models", "/seeds", "", "/", "model"})
    CHECK_FALSE(is_configuration_pointer(pointer));
  Configuration c;
  set_field(c, "/init/new_head", true, "x", read_model);
  CHECK(c.init.new_head);
  CHECK(get_field(c, "/init/new_head", "x") == true);
  CHECK_THROWS_WITH(set_field(c, "/model_drop_path_rate", 0.1, "x", read_model), ContainsSubstring("leads nowhere"));
  CHECK_THROWS_WITH(set_field(c, "/recipe/epoch", 1, "x", read_model), ContainsSubstring("did you mean \"epochs\""));
}

TEST_CASE("Two configurations differ in the fields of their parts", "[config]") {
  Configuration a, b;
  b.recipe.epochs = 2;
  b.init.new_head = true;
  b.model_drop_path_rate = 0.3;  // counts only through a recipe, so no table shows it
  const auto differences = diff_configurations(a, b);
  REQUIRE(differences.size() == 2);
  CHECK(differences[0].pointer == "/recipe/epochs");
  CHECK(differences[1].pointer == "/init/new_head");
}

}  // namespace configuration_test
