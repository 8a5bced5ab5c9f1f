#include <iostream>

#include "arguments.h"
#include "console.h"
#include "staircase/experiment/experiment.h"
#include "staircase/plan/named_models.h"

namespace staircase::apps {
namespace {

using config::Json;

/// What is compared: an experiment file as resolved, or a model alone.
Json resolved(const std::string& argument) {
  const bool file = argument.ends_with(".json");
  if (file) {
    const Json content = config::read_json_file(argument);
    const bool experiment = content.is_object() && (content.contains("base") || content.contains("kind") ||
                                                    content.contains("ladder") || content.contains("extends"));
    if (experiment) {
      Json whole = experiment::write_experiment(experiment::read_experiment(argument));
      const Json base = whole["base"];
      whole.erase("base");
      whole.update(base);
      return whole;
    }
  }
  return {{"model", config::write_options(plan::model_from_argument(argument).options)}};
}

void collect(const Json& a, const Json& b, const std::string& pointer, Json& differences) {
  if (a == b) return;
  if (!a.is_object() || !b.is_object()) {
    differences.push_back({{"pointer", pointer}, {"a", a}, {"b", b}});
    return;
  }
  for (const auto& [key, value] : a.items()) collect(value, b.value(key, Json()), pointer + "/" + key, differences);
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) collect(Json(), value, pointer + "/" + key, differences);
}

}  // namespace

int run_diff(const Words& words) {
  Arguments arguments("diff", "The fields in which two experiments or two models differ, after resolution.", "A B",
                      "staircase diff resnet50 resnet50-convnext_tiny/depthwise");
  if (!arguments.parse(words, 2, 2)) return 0;
  const Json a = resolved(arguments.positional()[0]), b = resolved(arguments.positional()[1]);
  Json differences = Json::array();
  collect(a, b, "", differences);
  if (arguments.json()) {
    print_json(differences);
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const Json& each : differences)
    rows.push_back({each["pointer"].get<std::string>(), each["a"].dump(), each["b"].dump()});
  if (rows.empty()) std::cout << "no difference\n";
  else print_table({"pointer", "a", "b"}, {false, false, false}, rows);
  return 0;
}

}  // namespace staircase::apps
