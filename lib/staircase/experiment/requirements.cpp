#include "staircase/experiment/requirements.h"

#include <algorithm>
#include <map>

#include "staircase/base/text.h"

namespace staircase::experiment {
namespace {

using config::ConfigError;
using config::Place;
using config::StepOptions;

/// Follows requirements from one step to the next and remembers the way, so that a circle can be named.
class CircleSearch {
 public:
  CircleSearch(const std::vector<StepOptions>& steps, const std::string& source) : steps_(steps), source_(source) {
    for (size_t i = 0; i < steps.size(); ++i) index_[steps[i].name] = i;
  }

  void visit(size_t step) {
    const auto before = std::find(way_.begin(), way_.end(), step);
    if (before != way_.end()) refuse({before, way_.end()});
    if (done_.count(step)) return;
    way_.push_back(step);
    for (const std::string& name : steps_[step].required_steps) visit(index_.at(name));
    way_.pop_back();
    done_[step] = true;
  }

 private:
  [[noreturn]] void refuse(const std::vector<size_t>& circle) const {
    std::vector<std::string> names;
    for (size_t step : circle) names.push_back(steps_[step].name);
    names.push_back(names.front());
    throw ConfigError(Place{source_, "/steps"}.at(circle.front()).at("requires"),
                      "goes in a circle: " + join(names, " requires ") + "; one of them must not");
  }

  const std::vector<StepOptions>& steps_;
  const std::string& source_;
  std::map<std::string, size_t> index_;
  std::vector<size_t> way_;
  std::map<size_t, bool> done_;
};

/// The step and all that it requires, directly or through others.
std::vector<const StepOptions*> with_required(const std::vector<StepOptions>& steps, const StepOptions& step) {
  std::vector<const StepOptions*> all{&step};
  for (size_t at = 0; at < all.size(); ++at)
    for (const std::string& name : all[at]->required_steps) {
      const StepOptions* required =
          &*std::find_if(steps.begin(), steps.end(), [&](const StepOptions& each) { return each.name == name; });
      if (std::find(all.begin(), all.end(), required) == all.end()) all.push_back(required);
    }
  return all;
}

void check_no_alternatives(const std::vector<StepOptions>& steps, const StepOptions& step, const Place& place) {
  std::map<std::string, std::string> set_by;
  for (const StepOptions* each : with_required(steps, step))
    for (const auto& [pointer, value] : each->set.items()) {
      const auto [before, is_new] = set_by.emplace(pointer, each->name);
      if (!is_new)
        throw ConfigError(place, "the step " + step.name + " cannot have all that it requires: " + before->second +
                                     " and " + each->name + " both set " + pointer + ", so they are alternatives");
    }
}

}  // namespace

bool Requirements::none() const {
  return std::all_of(needs.begin(), needs.end(), [](Subset each) { return each == 0; });
}

bool Requirements::allow(Subset subset) const {
  for (size_t i = 0; i < steps(); ++i)
    if (holds(subset, i) && (needs[i] & ~subset) != 0) return false;
  return true;
}

Subset Requirements::with_dependents(size_t step) const {
  Subset subset = only(step);
  for (size_t i = 0; i < steps(); ++i)
    if (holds(needs[i], step)) subset |= only(i);
  return subset;
}

void check_requirements(const std::vector<StepOptions>& steps, const std::string& source) {
  std::vector<std::string> known;
  for (const StepOptions& step : steps) known.push_back(step.name);
  for (size_t i = 0; i < steps.size(); ++i)
    for (size_t r = 0; r < steps[i].required_steps.size(); ++r) {
      const std::string& name = steps[i].required_steps[r];
      if (std::find(known.begin(), known.end(), name) == known.end())
        throw ConfigError(Place{source, "/steps"}.at(i).at("requires").at(r),
                          "\"" + name + "\" is not a step, known are " + join(known) + did_you_mean(name, known));
    }
  CircleSearch search(steps, source);
  for (size_t i = 0; i < steps.size(); ++i) search.visit(i);
  for (size_t i = 0; i < steps.size(); ++i)
    check_no_alternatives(steps, steps[i], Place{source, "/steps"}.at(i).at("requires"));
}

Requirements requirements_of(const std::vector<StepOptions>& steps, const std::string& source) {
  if (steps.size() > most_steps)
    throw ConfigError({source, "/steps"}, "holds " + std::to_string(steps.size()) + " steps, allowed are at most " +
                                              std::to_string(most_steps) + " in this design");
  Requirements requirements{std::vector<Subset>(steps.size(), 0)};
  for (size_t i = 0; i < steps.size(); ++i)
    for (size_t j = 0; j < steps.size(); ++j) {
      const auto& names = steps[i].required_steps;
      if (std::find(names.begin(), names.end(), steps[j].name) != names.end()) requirements.needs[i] |= only(j);
    }
  // What is required through others, until nothing is added. No circle: it ends.
  for (bool grown = true; grown;) {
    grown = false;
    for (Subset& needs : requirements.needs) {
      const Subset before = needs;
      for (size_t j = 0; j < steps.size(); ++j)
        if (holds(before, j)) needs |= requirements.needs[j];
      grown = grown || needs != before;
    }
  }
  return requirements;
}

std::vector<Subset> allowed_subsets(const Requirements& requirements, size_t most) {
  std::vector<Subset> all{0};
  size_t start = 0;  // of the subsets with as many steps as the last
  while (start < all.size()) {
    const size_t end = all.size();
    std::vector<Subset> larger;
    for (size_t at = start; at < end; ++at)
      for (size_t i = 0; i < requirements.steps(); ++i)
        if (requirements.allow_next(all[at], i)) larger.push_back(all[at] | only(i));
    std::sort(larger.begin(), larger.end());
    larger.erase(std::unique(larger.begin(), larger.end()), larger.end());
    for (Subset subset : larger) {
      if (all.size() >= most) return all;
      all.push_back(subset);
    }
    start = end;
  }
  return all;
}

}  // namespace staircase::experiment
