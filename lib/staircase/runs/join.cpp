#include "staircase/runs/join.h"

#include <algorithm>

#include "staircase/base/counted.h"
#include "staircase/base/text.h"
#include "staircase/config/naming.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

/// The first field in which two JSON values differ, as a pointer; empty: they are equal.
std::string first_difference(const Json& a, const Json& b, const std::string& pointer) {
  if (a == b) return {};
  if (!a.is_object() || !b.is_object()) return pointer;
  for (const auto& [key, value] : a.items()) {
    const std::string at = config::Place{"", pointer}.at(key).pointer;
    if (!b.contains(key)) return at;
    const std::string inner = first_difference(value, b.at(key), at);
    if (!inner.empty()) return inner;
  }
  for (const auto& [key, value] : b.items())
    if (!a.contains(key)) return config::Place{"", pointer}.at(key).pointer;
  return {};
}

void erase_in(Json& object, const std::string& part, const std::string& field) {
  if (object.is_object() && object.contains(part) && object[part].is_object()) object[part].erase(field);
}

/// Edits of a configuration, pointer to value, without what decides no result.
Json deciding_edits(Json edits) {
  for (const auto& [part, field] : config::undeciding_fields) {
    const std::string of_part = "/" + std::string(part), name(field);
    erase_in(edits, of_part, name);
    if (edits.is_object()) edits.erase(of_part + "/" + name);
  }
  return edits;
}

/// An experiment without what decides no result.
Json deciding(Json content) {
  for (const auto& [part, field] : config::undeciding_fields)
    if (content.contains("base")) erase_in(content["base"], std::string(part), std::string(field));
  if (content.contains("override")) content["override"] = deciding_edits(content["override"]);
  for (const char* list : {"steps", "contexts"})
    for (Json& each : content[list]) each["set"] = deciding_edits(each["set"]);
  return content;
}

/// The folder keeps every step or candidate that it had, under the same name and with the same content. The
/// rest of an entry (its group, what it requires, published numbers) decides no run and may change.
void check_kept(const Json& before, const Json& now, const char* list, const char* content, const fs::path& folder) {
  for (const Json& entry : before.value(list, Json::array())) {
    const bool kept = std::any_of(now.at(list).begin(), now.at(list).end(), [&](const Json& other) {
      return other.at("name") == entry.at("name") && other.at(content) == entry.at(content);
    });
    if (!kept)
      throw RequestError(
          folder.string() + ": belongs to another experiment: its /" + list + " hold " + entry.at("name").dump() +
          ", which is missing or changed here; more extend a folder, fewer do not: another --out beside it "
          "takes over the runs that both have");
  }
}

/// Overrides that the runs of the folder were made without, with, or with another value: each of them.
void check_overrides(const Json& before, const Json& now, const fs::path& folder) {
  const auto value_of = [](const Json& overrides, const std::string& pointer) {
    return overrides.is_object() ? overrides.value(pointer, Json()) : Json();
  };
  std::vector<std::string> others, lacking;
  for (const auto& [pointer, value] : now.items())
    if (const Json there = value_of(before, pointer); there != value)
      others.push_back(pointer + " to " + value.dump() + " (there " + (there.is_null() ? "not set" : there.dump()) +
                       ")");
  for (const auto& [pointer, value] : before.items())
    if (value_of(now, pointer).is_null()) lacking.push_back("--set " + pointer + "=" + value.dump());
  if (others.empty() && lacking.empty()) return;
  std::vector<std::string> parts;
  if (!others.empty()) parts.push_back("/override sets " + join(others, ", ") + " here");
  if (!lacking.empty())
    parts.push_back("its runs were made with " + join(lacking, ", ") + ", missing here: set " +
                    (lacking.size() == 1 ? "it" : "them") + " too");
  throw RequestError(folder.string() + ": belongs to another experiment: " + join(parts, "; ") +
                     (others.empty() ? ", or use another --out" : "; use another --out"));
}

/// When the differences are looked at is fixed before the first look, or the looks would err more often than they say.
void check_until(const Json& before, const Json& now, const fs::path& folder) {
  if (before.is_null() || before == now) return;
  throw RequestError(folder.string() + ": adds seeds by /until " + before.dump() + ", and here it is " + now.dump() +
                     "; looks that are planned anew would show differences that are chance: use another --out");
}

void check_fields(const Json& before, const Json& now, const fs::path& folder) {
  for (const char* field : {"name", "kind", "base"}) {
    const std::string pointer =
        first_difference(before.value(field, Json()), now.value(field, Json()), std::string("/") + field);
    if (pointer.empty()) continue;
    const Json::json_pointer at(pointer);
    const std::string hint = pointer == "/base/data/path" ? ", or a link: the runs of this folder are named by it" : "";
    throw RequestError(folder.string() + ": belongs to another experiment: " + pointer + " is " +
                       (before.contains(at) ? config::describe_value(before.at(at)) : "absent") + " there and " +
                       (now.contains(at) ? config::describe_value(now.at(at)) : "absent") + " here; use another --out" +
                       hint);
  }
  check_overrides(before.value("override", Json::object()), now.value("override", Json::object()), folder);
  check_kept(before, now, "steps", "set", folder);
  check_kept(before, now, "candidates", "model", folder);
  check_kept(before, now, "contexts", "set", folder);
  check_until(before.value("until", Json()), now.at("until"), folder);
}

/// What is misspelt is said before what differs.
void check_overridden_fields(const experiment::Experiment& experiment) {
  config::Configuration tried = experiment.base;
  for (const auto& [pointer, value] : experiment.options.override_fields.items())
    config::set_field(tried, pointer, value, experiment.source, experiment::model_reader());
}

/// Whether some recipe takes the rate that was published with the model.
bool asks_for_published_rate(const experiment::Experiment& experiment) {
  if (!experiment.base.recipe.drop_path_rate.rate) return true;
  const auto sets_it = [](const Json& edits) {
    const Json recipe = edits.value("/recipe", Json());
    return edits.value("/recipe/drop_path_rate", Json()) == "model" ||
           (recipe.is_object() && recipe.value("drop_path_rate", Json()) == "model");
  };
  const auto any_sets_it = [&](const auto& list) {
    return std::any_of(list.begin(), list.end(), [&](const auto& each) { return sets_it(each.set); });
  };
  return sets_it(experiment.options.override_fields) || any_sets_it(experiment.steps) ||
         any_sets_it(experiment.options.contexts);
}

}  // namespace

void join_stored(const fs::path& folder, const experiment::StoredExperiment& stored,
                 experiment::Experiment& experiment) {
  check_overridden_fields(experiment);
  if (!asks_for_published_rate(experiment))
    experiment.base.model_drop_path_rate = stored.experiment.base.model_drop_path_rate;
  const Json now = experiment::write_experiment(experiment);
  if (stored.format == 1) check_fields(stored.content, now, folder);
  else check_fields(deciding(stored.content), deciding(now), folder);
  config::ExperimentOptions& options = experiment.options;
  const int64_t threads = stored.experiment.options.threads;
  const bool is_settled = threads != 0;  // until a program trains there, it need not be
  if (is_settled && options.threads != 0 && options.threads != threads)
    throw RequestError(folder.string() + ": its runs use " + counted(threads, "thread") +
                       " and results depend on it; "
                       "/threads " +
                       std::to_string(options.threads) + " needs another --out");
  if (is_settled) options.threads = threads;
  std::vector<int64_t> seeds = stored.experiment.options.seeds;
  for (int64_t seed : options.seeds)
    if (std::find(seeds.begin(), seeds.end(), seed) == seeds.end()) seeds.push_back(seed);
  options.seeds = seeds;
}

}  // namespace staircase::runs
