#include "staircase/report/effect_table.h"

#include <algorithm>

#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/csv.h"

namespace staircase::report {
namespace {

using analysis::Difference;
using analysis::Effect;
using analysis::Interaction;
using analysis::Results;

std::string p_text(const std::optional<Difference>& difference) {
  if (!difference || !difference->p_holm) return "";
  return *difference->p_holm < 0.001 ? "< 0.001" : decimals(*difference->p_holm, 3);
}

/// "higher +3.1", "no difference shown +0.2", "one seed".
std::string judged_text(const analysis::Worth& worth) {
  if (!worth.difference) return "?";
  const Difference& d = *worth.difference;
  const double half_width = d.interval ? (d.interval->high - d.interval->low) / 2 : 0;
  return verdict_text(d) + (d.count < 2 ? "" : " " + signed_text(d.mean, half_width));
}

/// The cells that every line of effects.csv and interactions.csv ends with.
void add_csv_numbers(const std::optional<Difference>& worth, std::vector<std::string>& cells) {
  const Difference none;
  const Difference& d = worth ? *worth : none;
  const auto bound = [&](double analysis::Interval::*end) {
    return number_text(d.interval ? std::optional((*d.interval).*end) : std::nullopt);
  };
  cells.insert(cells.end(),
               {worth ? number_text(d.mean) : "", number_text(d.std), number_text(d.std_error),
                worth ? std::to_string(d.count) : "", bound(&analysis::Interval::low), bound(&analysis::Interval::high),
                number_text(d.p), number_text(d.p_holm), verdict_text(worth)});
}

const std::string csv_number_names = ",value,std,std_error,n,interval_low,interval_high,p,p_holm,verdict\n";

/// `first`, `second`: the texts that each line begins with.
template <class Entry>
std::string csv_of(const analysis::Given<std::vector<Entry>>& entries, const std::string& names,
                   std::string Entry::*first, std::string Entry::*second) {
  if (!entries) return "";
  std::string text = names + csv_number_names;
  for (const Entry& entry : *entries) {
    std::vector<std::string> cells{entry.*first, entry.*second};
    add_csv_numbers(entry.worth.difference, cells);
    text += csv_line(cells);
  }
  return text;
}

std::string shapley_note(const analysis::ShapleySum& sum) {
  return sum.exact ? "A step's worth: its Shapley value, averaged over all orders in which the steps can be taken; "
                     "the values sum to the whole gain"
                   : "A step's worth: its Shapley value, averaged over " + std::to_string(sum.orders) +
                         " sampled orders; intervals include the sampling; the values sum to the whole gain";
}

/// What the numbers of the table of the steps are.
std::string worth_note(const Results& results) {
  switch (results.design) {
    case config::Design::leave_one_out:
      return "A step's worth: what the full model loses without it (and without what requires it)";
    case config::Design::shapley: return shapley_note(*results.worth.shapley);
    default: return "A step's worth: added alone to the base (on top of what it requires)";
  }
}

/// Worth of one step that a row at chance lends: of which, and what the verdict still says.
std::vector<std::string> half_learned_notes(const Results& results) {
  std::vector<std::string> steps;
  for (const Effect& each : *results.worth.effects)
    if (each.at_chance && each.at_chance->size() == 1)
      steps.push_back(each.step + " (" + each.at_chance->front() + ")");
  if (steps.empty()) return {};
  return {"One of the two rows is at chance for " + join(steps) +
          ": the verdict tells which of the two has learned, the number not what the step is worth"};
}

std::vector<std::string> shapley_chance_notes(const Results& results) {
  const auto& effects = *results.worth.effects;
  if (effects.empty() || !effects.front().at_chance) return {};
  const std::vector<std::string>& rows = *effects.front().at_chance;
  return {std::to_string(rows.size()) + " of the " + std::to_string(results.rows.size()) + " rows at chance (" +
          some_of(rows, 10) +
          ") enter the Shapley values: what a step is worth cannot be told"};
}

/// Pairs of which a cell has learned nothing; of many the first three.
std::vector<std::string> interaction_chance_notes(const Results& results) {
  const char* const counts[] = {"", "one", "two", "three", "all"};
  std::vector<std::string> lines;
  size_t more = 0;
  for (const Interaction& each : *results.worth.interactions) {
    if (!each.at_chance) continue;
    const size_t count = each.at_chance->size();
    if (lines.size() == 3) ++more;
    else
      lines.push_back(std::string(counts[count]) + " of the four cells of " + each.a + " + " + each.b +
                      (count == 1 ? " is" : " are") + " at chance (" + join(*each.at_chance) +
                      "): what they give together cannot be told");
  }
  if (more > 0) lines.push_back("and so it is with " + std::to_string(more) + " more pairs");
  return lines;
}

/// What rows at chance leave untold. Where all are, the note of chance says enough.
std::vector<std::string> effect_chance_notes(const Results& results) {
  if (std::all_of(results.rows.begin(), results.rows.end(), [](const analysis::Row& row) { return row.at_chance; }))
    return {};
  std::vector<std::string> lines;
  if (results.worth.effects)
    lines = results.worth.shapley ? shapley_chance_notes(results) : half_learned_notes(results);
  if (results.worth.interactions)
    for (const std::string& line : interaction_chance_notes(results)) lines.push_back(line);
  return lines;
}

}  // namespace

TextTable effect_table(const Results& results) {
  TextTable table{{"step", "change", "verdict", "worth", "p (Holm)", "error of sampling"},
                  {false, false, false, true, true, true},
                  {}};
  if (!results.worth.effects) return table;
  const auto add = [&](const std::string& name, const std::string& change, const std::optional<Difference>& worth,
                       const std::string& sampling) {
    table.rows.push_back({name, change, verdict_text(worth), difference_text(worth), p_text(worth), sampling});
  };
  for (const Effect& effect : *results.worth.effects)
    add(effect.step, change_text(effect.changes), effect.worth.difference,
        effect.order_std_error ? decimals(*effect.order_std_error, 2) : "");
  if (results.worth.shapley) add("all together", "", results.worth.shapley->gain, "");
  drop_empty_columns(table);
  return table;
}

TextTable interaction_table(const Results& results) {
  TextTable table{{"pair", "verdict", "together beyond alone", "p (Holm)"}, {false, false, true, true}, {}};
  if (!results.worth.interactions) return table;
  for (const Interaction& each : *results.worth.interactions)
    table.rows.push_back({each.a + " + " + each.b, each.reason ? *each.reason : verdict_text(each.worth.difference),
                          each.reason ? "" : difference_text(each.worth.difference),
                          p_text(each.worth.difference)});
  drop_empty_columns(table);
  return table;
}

TextTable interaction_matrix(const Results& results) {
  TextTable table;
  if (!results.worth.interactions || !results.worth.effects) return table;
  table.header = {"together, alone"};
  table.right = {false};
  const std::vector<Effect>& effects = *results.worth.effects;
  auto next = results.worth.interactions->begin();  // row by row, as the matrix has them above its diagonal
  for (size_t a = 0; a < effects.size(); ++a) {
    table.header.push_back(effects[a].step);
    table.right.push_back(true);
    std::vector<std::string> line(effects.size() + 1);
    line[0] = effects[a].step;
    line[a + 1] = "alone " + judged_text(effects[a].worth);
    for (size_t b = a + 1; b < effects.size(); ++b, ++next)
      line[b + 1] = next->reason ? *next->reason : judged_text(next->worth);
    table.rows.push_back(line);
  }
  return table;
}

std::vector<std::string> effect_notes(const Results& results) {
  std::vector<std::string> lines;
  if (results.worth.effects) lines.push_back(worth_note(results));
  if (results.worth.interactions)
    lines.push_back(std::string("Together beyond alone: two steps added together, minus what each adds alone") +
                    (results.worth.effects ? "" : ", the other axes of the grid as in the base") +
                    "; above 0 they help each other");
  const bool has_other_deltas = std::any_of(results.rows.begin(), results.rows.end(), [](const analysis::Row& row) {
    return row.delta && row.delta->difference && !row.delta->is_effect;
  });
  if (results.worth.effects && has_other_deltas)
    lines.push_back("The rows' deltas are not judged: what the design asks for stands in the table of the steps");
  for (const std::string& line : effect_chance_notes(results)) lines.push_back(line);
  return lines;
}

std::string effects_csv(const Results& results) {
  return csv_of(results.worth.effects, "step,group", &Effect::step, &Effect::group);
}

std::string interactions_csv(const Results& results) {
  return csv_of(results.worth.interactions, "a,b", &Interaction::a, &Interaction::b);
}

}  // namespace staircase::report
