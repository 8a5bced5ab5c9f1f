#include "arguments.h"
#include "console.h"
#include "macs_columns.h"
#include "staircase/base/text.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"

namespace staircase::apps {

int run_models(const Words& words) {
  Arguments arguments("models", "The networks that are known by name; MACs at 224 px.", "", "staircase models --json");
  if (!arguments.parse(words, 0, 0)) return 0;
  config::Json list = config::Json::array();
  std::vector<std::vector<std::string>> rows;
  std::vector<plan::ModelCounts> all_counts;
  for (const plan::NamedModel& model : plan::named_models()) {
    const plan::ModelCounts counts = plan::count_model(model.options);
    list.push_back({{"name", model.name},
                    {"family", model.family},
                    {"params", counts.params},
                    {"macs", counts.macs},
                    {"product_macs", counts.product_macs}});
    rows.push_back({model.name, model.family, grouped_digits(counts.params)});
    all_counts.push_back(counts);
  }
  std::vector<std::string> header{"name", "family", "parameters"};
  std::vector<bool> right{false, false, true};
  add_macs_columns(header, right, rows, all_counts);
  if (arguments.json()) print_json(list);
  else print_table(header, right, rows);
  return 0;
}

}  // namespace staircase::apps
