#include "arguments.h"
#include "console.h"
#include "staircase/experiment/experiment.h"

namespace staircase::apps {

int run_schema(const Words& words) {
  Arguments arguments("schema", "The JSON Schema of experiment files, for editors.", "",
                      "staircase schema > experiments/schema/experiment.schema.json");
  if (!arguments.parse(words, 0, 0)) return 0;
  print_json(experiment::experiment_schema());
  return 0;
}

}  // namespace staircase::apps
