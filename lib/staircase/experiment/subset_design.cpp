#include "staircase/experiment/subset_design.h"

#include <algorithm>
#include <bit>
#include <map>

#include "staircase/base/text.h"

namespace staircase::experiment {
namespace {

using config::ConfigError;
using config::Design;
using config::ExperimentOptions;
using config::Place;
using config::StepOptions;

/// A set of subsets, the ones with fewer steps first, otherwise in the order in which they were asked for.
class SubsetList {
 public:
  void add(Subset subset) {
    if (std::find(list_.begin(), list_.end(), subset) == list_.end()) list_.push_back(subset);
  }
  void add(const std::vector<Subset>& subsets) { list_.insert(list_.end(), subsets.begin(), subsets.end()); }
  std::vector<Subset> sorted() const {
    auto list = list_;
    std::stable_sort(list.begin(), list.end(), [](Subset a, Subset b) { return std::popcount(a) < std::popcount(b); });
    return list;
  }

 private:
  std::vector<Subset> list_;
};

class SubsetDesigner {
 public:
  SubsetDesigner(const ExperimentOptions& options, const std::vector<StepOptions>& steps,
                 const Requirements& requirements, const std::string& base_name, const std::string& source)
      : options_(options), steps_(steps), requirements_(requirements), base_name_(base_name), source_(source) {}

  SubsetDesign run() {
    switch (options_.design) {
      case Design::one_at_a_time: add_singles(); break;
      case Design::leave_one_out: return leave_one_out();
      case Design::pairwise: pairwise(); break;
      case Design::shapley: shapley(); break;
      case Design::cumulative:
      case Design::grid: throw std::logic_error("this design is not about subsets");
    }
    for (Subset subset : list_.sorted()) add_row(subset);
    return std::move(design_);
  }

 private:
  std::string joined_names(Subset subset) const {
    std::vector<std::string> names;
    for (size_t i = 0; i < steps_.size(); ++i)
      if (holds(subset, i)) names.push_back(steps_[i].name);
    return join(names, "+");
  }

  size_t row_of(Subset subset) const {
    const auto found = std::find_if(design_.rows.begin(), design_.rows.end(),
                                    [&](const SubsetRow& row) { return row.subset == subset; });
    return static_cast<size_t>(found - design_.rows.begin());
  }

  /// A row of one step is compared to what the step requires, every other row to the base.
  void add_row(Subset subset) {
    SubsetRow row{subset == 0 ? base_name_ : joined_names(subset), subset, std::nullopt, std::nullopt};
    if (subset != 0) row.compared_to = 0;
    for (size_t i = 0; i < steps_.size() && options_.design != Design::shapley; ++i) {
      const Contrast alone = added_alone(requirements_, i);
      if (alone.with != subset) continue;
      row.step = i;
      row.compared_to = row_of(alone.without);
      row.name = steps_[i].name;
    }
    design_.rows.push_back(row);
  }

  void add_singles() {
    list_.add(Subset{0});
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Contrast alone = added_alone(requirements_, i);
      list_.add(alone.without);
      list_.add(alone.with);
    }
  }

  SubsetDesign leave_one_out() {
    design_.rows.push_back({"full", requirements_.all(), std::nullopt, std::nullopt});
    for (size_t i = 0; i < steps_.size(); ++i) {
      const Subset gone = requirements_.with_dependents(i);
      const std::string others = joined_names(gone & ~only(i));
      design_.rows.push_back(
          {"without_" + steps_[i].name + (others.empty() ? "" : "+" + others), requirements_.all() & ~gone, 0, i});
    }
    return std::move(design_);
  }

  void pairwise() {
    add_singles();
    for (size_t a = 0; a < steps_.size(); ++a)
      for (size_t b = a + 1; b < steps_.size(); ++b)
        if (const auto pair = pair_of(requirements_, a, b))
          for (Subset subset : {pair->none, pair->first, pair->second, pair->both}) list_.add(subset);
    const size_t count = list_.sorted().size();
    if (count > budget()) refuse_over_budget(options_, source_, count, false, "use fewer steps");
  }

  void shapley() {
    const std::vector<Subset> all = allowed_subsets(requirements_, budget() + 1);
    if (all.size() <= budget()) return list_.add(all);
    design_.orders = options_.orders > 0 ? asked_orders() : fitting_orders();
    list_.add(subsets_on(design_.orders));
  }

  std::vector<StepOrder> drawn(size_t count) const {
    try {
      return sample_orders(requirements_, count, static_cast<uint64_t>(options_.order_seed));
    } catch (const std::invalid_argument& error) {
      throw ConfigError({source_, "/steps"},
                        std::string(error.what()) + "; use fewer steps, or none that requires another");
    }
  }

  std::vector<StepOrder> asked_orders() const {
    const auto orders = drawn(static_cast<size_t>(options_.orders));
    if (orders.size() < 2)
      throw ConfigError({source_, "/orders"},
                        "found 1, allowed are 2 or more: one order has no standard error; 0 takes as many as fit");
    const size_t count = subsets_on(orders).size();
    if (count > budget()) refuse_over_budget(options_, source_, count, false, "set a smaller /orders");
    return orders;
  }

  /// As many orders as the budget holds.
  std::vector<StepOrder> fitting_orders() const {
    const size_t most = 1000;
    auto orders = drawn(most);
    SubsetList passed;
    size_t fit = 0;
    for (; fit < orders.size(); ++fit) {
      for (Subset subset : subsets_on({orders[fit]})) passed.add(subset);
      const size_t count = passed.sorted().size();
      if (count <= budget()) continue;
      if (fit < 2)
        refuse_over_budget(options_, source_, count, true,
                           "use fewer steps (Shapley values need two sampled orders at least)");
      break;
    }
    orders.resize(fit);
    return orders;
  }

  size_t budget() const { return static_cast<size_t>(options_.max_configurations); }

  const ExperimentOptions& options_;
  const std::vector<StepOptions>& steps_;
  const Requirements& requirements_;
  const std::string& base_name_;
  const std::string& source_;
  SubsetList list_;
  SubsetDesign design_;
};

}  // namespace

bool is_subset_design(Design design) { return design != Design::cumulative && design != Design::grid; }

void check_subset_steps(Design design, const std::vector<StepOptions>& steps, const std::string& source) {
  if (!is_subset_design(design) || design == Design::one_at_a_time) return;
  const std::string name(to_name(design));
  std::map<std::string, std::string> set_by;
  for (const StepOptions& step : steps) {
    if (step.side_branch)
      throw ConfigError({source, "/steps"}, "the step " + step.name +
                                                " is a side_branch, which goes only with a walk: /design " + name +
                                                " has none; use cumulative, or leave the step out");
    for (const auto& [pointer, value] : step.set.items()) {
      const auto [before, is_new] = set_by.emplace(pointer, step.name);
      if (!is_new)
        throw ConfigError({source, "/steps"}, before->second + " and " + step.name + " both set " + pointer +
                                                  ", so they are alternatives and cannot both be on, as /design " +
                                                  name +
                                                  " asks; use cumulative, one_at_a_time or grid, or keep one of them");
    }
  }
}

void refuse_over_budget(const ExperimentOptions& options, const std::string& source, size_t configurations,
                        bool or_more, const std::string& others) {
  const size_t seeds = options.seeds.size();
  const std::string least = or_more ? "at least " : "";
  throw ConfigError({source, "/max_configurations"},
                    "allows " + std::to_string(options.max_configurations) + ", but the design " +
                        std::string(to_name(options.design)) + " of these steps needs " + least +
                        std::to_string(configurations) + ", which are " + least +
                        std::to_string(configurations * seeds) + " runs with " + std::to_string(seeds) +
                        (seeds == 1 ? " seed" : " seeds") + "; raise it, or " + others);
}

SubsetDesign design_subsets(const ExperimentOptions& options, const std::vector<StepOptions>& steps,
                            const Requirements& requirements, const std::string& base_name, const std::string& source) {
  return SubsetDesigner(options, steps, requirements, base_name, source).run();
}

}  // namespace staircase::experiment
