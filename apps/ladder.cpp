#include <iostream>

#include "arguments.h"
#include "console.h"
#include "macs_columns.h"
#include "staircase/base/text.h"
#include "staircase/plan/ladder.h"
#include "staircase/plan/plan.h"

namespace staircase::apps {
namespace {

using config::Json;

/// {"pointer", "from", "to"}; a bundle is an edit of its part, with the fields that change; the base has none.
Json change_json(const plan::Rung& rung) {
  if (rung.step.set.empty()) return nullptr;
  if (rung.step.set.size() == 1) {
    const std::string pointer = rung.step.set.begin().key();
    return {{"pointer", pointer}, {"from", rung.from.at(pointer)}, {"to", rung.step.set.begin().value()}};
  }
  Json from = Json::object(), to = Json::object();
  for (const auto& [pointer, value] : rung.step.set.items()) {
    const std::string field = pointer.substr(pointer.rfind('/') + 1);
    from[field] = rung.from.at(pointer);
    to[field] = value;
  }
  return {{"pointer", "/model"}, {"from", from}, {"to", to}};
}

std::string change_text(const plan::Rung& rung) {
  std::vector<std::string> parts;
  const auto plain = [](const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); };
  for (const auto& [pointer, value] : rung.step.set.items())
    parts.push_back(pointer + " " + plain(rung.from.at(pointer)) + " -> " + plain(value));
  return join(parts);
}

void list_ladders(bool json) {
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  for (const plan::Ladder& ladder : plan::ladders()) {
    list.push_back({{"name", ladder.name}, {"rungs", ladder.steps.size()}});
    rows.push_back({ladder.name, std::to_string(ladder.steps.size()) + " rungs"});
  }
  if (json) print_json(list);
  else print_table({"ladder", ""}, {false, false}, rows);
}

}  // namespace

int run_ladder(const Words& words) {
  Arguments arguments("ladder", "The rungs of a ladder: each change, parameters and MACs at 224 px, the paper's top-1.",
                      "[LADDER]", "staircase ladder resnet50-convnext_tiny");
  if (!arguments.parse(words, 0, 1)) return 0;
  if (arguments.positional().empty()) {
    list_ladders(arguments.json());
    return 0;
  }
  Json list = Json::array();
  std::vector<std::vector<std::string>> rows;
  std::vector<plan::ModelCounts> all_counts;
  std::vector<std::string> top1;
  for (const plan::Rung& rung : plan::climb(plan::find_ladder(arguments.positional()[0], {"", "LADDER"}))) {
    const plan::ModelCounts counts = plan::count_model(rung.model);
    const auto number = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
    list.push_back({{"rung", rung.step.name},
                    {"change", change_json(rung)},
                    {"params", counts.params},
                    {"macs", counts.macs},
                    {"product_macs", counts.product_macs},
                    {"paper_top1", number(rung.step.paper_top1)},
                    {"paper_std", number(rung.step.paper_std)},
                    {"group", rung.step.group},
                    {"side_branch", rung.step.side_branch}});
    rows.push_back({(rung.step.side_branch ? "  (" + rung.step.name + ")" : rung.step.name), change_text(rung),
                    grouped_digits(counts.params)});
    all_counts.push_back(counts);
    top1.push_back(rung.step.paper_top1 ? decimals(*rung.step.paper_top1, 2) : "");
  }
  if (arguments.json()) {
    print_json(list);
    return 0;
  }
  std::vector<std::string> header{"rung", "change", "parameters"};
  std::vector<bool> right{false, false, true};
  add_macs_columns(header, right, rows, all_counts);
  header.push_back("paper top-1");
  right.push_back(true);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].push_back(top1[i]);
  print_table(header, right, rows);
  return 0;
}

}  // namespace staircase::apps
