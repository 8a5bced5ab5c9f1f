#include "staircase/plan/path.h"

#include <cctype>
#include <iostream>
#include <map>

#include "arguments.h"
#include "console.h"
#include "macs_columns.h"
#include "network.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"

namespace staircase::apps {
namespace {

using config::Json;

plan::PathOrder order_option(const Arguments& arguments) {
  if (!arguments.has("prefer")) return plan::PathOrder::fields;
  const auto wanted = arguments.get<std::string>("prefer");
  if (wanted != "macs") throw RequestError("--prefer: found \"" + wanted + "\", allowed is macs");
  return plan::PathOrder::macs;
}

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string field_of(const std::string& pointer) { return pointer.substr(pointer.rfind('/') + 1); }

/// "spatial_depthwise", "width_96"; a name that is taken already gets a number.
std::vector<std::string> step_names(const plan::NetworkPath& path) {
  std::map<std::string, int> taken{{"start", 1}};
  std::vector<std::string> names;
  for (const plan::PathStep& step : path.steps) {
    std::string name = field_of(step.pointer) + "_";
    for (const char c : plain(step.to)) {
      const bool usable = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
      if (usable) name += c;
      else if (name.back() != '_' && c != ']') name += '_';
    }
    const int times = ++taken[name];
    names.push_back(times == 1 ? name : name + "-" + std::to_string(times));
  }
  return names;
}

Json path_json(const plan::NetworkPath& path) {
  const auto counts = [](const plan::ModelCounts& c) {
    return Json{{"params", c.params}, {"macs", c.macs}, {"product_macs", c.product_macs}};
  };
  Json steps = Json::array();
  const std::vector<std::string> names = step_names(path);
  for (size_t i = 0; i < path.steps.size(); ++i) {
    const plan::PathStep& step = path.steps[i];
    Json entry = {{"name", names[i]}, {"pointer", step.pointer}, {"from", step.from}, {"to", step.to}};
    entry.update(counts(step.counts));
    steps.push_back(entry);
  }
  Json start = {{"model", config::write_options(path.start)}};
  start.update(counts(path.start_counts));
  return {{"start", start}, {"steps", steps}};
}

/// The fields in which the first network is not ResNet-50, which all defaults are.
Json experiment_json(const plan::NetworkPath& path, const std::string& from, const std::string& to) {
  Json model = Json::object(), steps = Json::array({{{"name", "start"}, {"set", Json::object()}}});
  for (const config::Difference& each : config::diff_options(path.start, config::ModelOptions{}))
    model[field_of(each.pointer)] = each.a;
  const std::vector<std::string> names = step_names(path);
  for (size_t i = 0; i < path.steps.size(); ++i)
    steps.push_back({{"name", names[i]}, {"set", {{path.steps[i].pointer, path.steps[i].to}}}});
  return {{"description", "From " + from + " to " + to + " in single edits."},
          {"kind", "ablation"},
          {"base", {{"model", model}, {"recipe", "modern"}}},
          {"steps", steps},
          {"design", "cumulative"}};
}

void print_path(const plan::NetworkPath& path, const std::string& from) {
  std::vector<plan::ModelCounts> counts{path.start_counts};
  std::vector<std::vector<std::string>> rows{{from, "", grouped_digits(path.start_counts.params)}};
  const std::vector<std::string> names = step_names(path);
  for (size_t i = 0; i < path.steps.size(); ++i) {
    const plan::PathStep& step = path.steps[i];
    rows.push_back({names[i], step.pointer + " " + plain(step.from) + " -> " + plain(step.to),
                    grouped_digits(step.counts.params)});
    counts.push_back(step.counts);
  }
  std::vector<std::string> header{"step", "change", "parameters"};
  std::vector<bool> right{false, false, true};
  add_macs_columns(header, right, rows, counts);
  print_table(header, right, rows);
}

}  // namespace

int run_path(const Words& words) {
  Arguments arguments("path", "The walk from one network to another in single edits that can all be built.", "A B",
                      "staircase path poolformer_s12 swin_tiny --prefer macs --experiment walk.json");
  arguments.options()("prefer", "the order in which MACs leave the range between both ends least",
                      cxxopts::value<std::string>(), "macs")(
      "experiment", "write the walk as an ablation that run takes", cxxopts::value<std::string>(), "FILE");
  if (!arguments.parse(words, 2, 2)) return 0;
  const plan::PathOrder order = order_option(arguments);
  const Network from = network_from_argument(arguments.positional()[0]);
  const Network to = network_from_argument(arguments.positional()[1]);
  const plan::NetworkPath path = plan::find_path(from.model.options, to.model.options, order);
  if (arguments.has("experiment")) {
    if (path.steps.empty())
      throw RequestError(from.model.name + " and " + to.model.name +
                         " are the same network, layer by layer: there is " + "no walk to write");
    const auto file = arguments.get<std::string>("experiment");
    write_file_atomically(
        file, [&](std::ostream& out) { out << experiment_json(path, from.model.name, to.model.name).dump(2) << "\n"; });
  }
  if (arguments.json()) print_json(path_json(path));
  else print_path(path, from.model.name);
  return 0;
}

}  // namespace staircase::apps
