#include "bench_subject.h"

#include <algorithm>

#include "experiment.h"
#include "network.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"
#include "staircase/experiment/design.h"

namespace staircase::apps {
namespace {

bool is_experiment(const std::string& argument) {
  return argument.ends_with(".json") && plan::is_experiment(config::read_json_file(argument));
}

BenchSubject first_row(const Arguments& arguments) {
  BenchSubject subject;
  subject.experiment = read_experiment(arguments);
  subject.name = arguments.positional()[0];
  const int64_t of_data = 0;
  subject.configuration = experiment::design_variants(*subject.experiment, of_data, of_data).variants[0].configuration;
  return subject;
}

/// Without --profile no optimizer steps: a field of the recipe that changes nothing is refused.
void check_used(const std::string& pointer, bool profile) {
  const std::vector<std::string> used{"/recipe/batch_size", "/recipe/precision", "/recipe/checkpoint_activations"};
  if (profile || !pointer.starts_with("/recipe/")) return;
  if (std::find(used.begin(), used.end(), pointer) == used.end())
    throw RequestError("--set " + pointer + ": changes nothing here, of a recipe only " + join(used) +
                       " do; with --profile every field counts");
}

BenchSubject network_alone(const Arguments& arguments) {
  const Network network = network_from_argument(arguments.positional()[0]);
  BenchSubject subject{network.model.name, {}, {}};
  config::Configuration& c = subject.configuration;
  c.model = network.model.options;
  c.model_drop_path_rate = network.model.drop_path_rate;
  c.data.image_size_px = 224;
  c.recipe.batch_size = 32;
  if (network.trained_with) {
    c.data.image_size_px = network.trained_with->data.image_size_px;
    c.recipe = network.trained_with->recipe;
  }
  for (const std::string& text : arguments.all("set")) {
    const experiment::Assignment set = experiment::parse_assignment(text);
    if (!set.pointer.starts_with("/model/") && !set.pointer.starts_with("/recipe/"))
      throw RequestError("--set " + text + ": of a network alone, bench takes /model/FIELD and /recipe/FIELD");
    check_used(set.pointer, arguments.has("profile"));
    config::set_field(c, set.pointer, set.value, "--set", experiment::model_reader());
  }
  return subject;
}

}  // namespace

BenchSubject read_bench_subject(const Arguments& arguments) {
  BenchSubject subject = is_experiment(arguments.positional()[0]) ? first_row(arguments) : network_alone(arguments);
  config::Configuration& c = subject.configuration;
  if (arguments.has("image-size")) c.data.image_size_px = arguments.bounded("image-size", 4096);
  if (arguments.has("batch-size")) {
    c.recipe.batch_size = arguments.bounded("batch-size", 65536);
    c.recipe.micro_batch_size = 0;
  }
  if (arguments.has("precision"))
    c.recipe.precision =
        config::Codec<config::Precision>::read(arguments.get<std::string>("precision"), {"", "--precision"}, {});
  return subject;
}

}  // namespace staircase::apps
