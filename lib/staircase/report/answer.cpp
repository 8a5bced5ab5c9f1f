#include "staircase/report/answer.h"

#include <algorithm>
#include <cmath>

#include "staircase/analysis/smallest_shown.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/context_table.h"

namespace staircase::report {
namespace {

using analysis::Difference;
using analysis::Results;
using analysis::Row;
using analysis::Verdict;

/// What a table judges, under the name that readers know it by; a null one is still to come.
struct Judged {
  std::string name;
  const Difference* difference;
};

const Difference* given(const std::optional<Difference>& difference) { return difference ? &*difference : nullptr; }

std::vector<Judged> judged_of(const Results& results) {
  std::vector<Judged> all;
  if (results.worth.effects) {
    for (const analysis::Effect& each : *results.worth.effects)
      if (!analysis::is_a_a_check(each.changes)) all.push_back({each.step, given(each.worth.difference)});
    return all;
  }
  for (const Row& row : results.rows)
    if (row.delta && !analysis::is_a_a_check(row.changes)) all.push_back({row.name, given(row.delta->difference)});
  return all;
}

std::string listed(std::vector<std::string> parts) {
  const size_t most = 12, more = parts.size() > most ? parts.size() - most : 0;
  parts.resize(parts.size() - more);
  return join(parts) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

/// A sentence of those differences that `belongs` takes; nothing where it takes none.
template <class Belongs, class TextOf>
void add_sentence(const std::vector<Judged>& all, const std::string& start, Belongs belongs, TextOf text_of,
                  std::vector<std::string>& lines) {
  std::vector<std::string> parts;
  for (const Judged& each : all)
    if (each.difference && each.difference->verdict && belongs(*each.difference)) parts.push_back(text_of(each));
  if (!parts.empty()) lines.push_back(start + listed(parts));
}

/// "gelu (+0.3 [-0.9, +1.5]; 14 seeds would show as much)".
std::string open_text(const Results& results, const Judged& each, int comparisons) {
  const Difference& d = *each.difference;
  std::string text = each.name + " (" + difference_text(d);
  if (const auto seeds = analysis::seeds_to_show(results, d, comparisons); seeds && !results.looks)
    text += "; " + std::to_string(*seeds) + " seeds would show as much";
  return text + ")";
}

void add_open(const Results& results, const std::vector<Judged>& all, std::vector<std::string>& lines) {
  const auto is_open = [](const Difference& d) {
    return d.verdict == Verdict::not_shown || d.verdict == Verdict::no_spread_seen;
  };
  // Those that are shown no longer count in Holm's correction of the rest.
  const auto comparisons = static_cast<int>(std::count_if(all.begin(), all.end(), [&](const Judged& each) {
    return each.difference && each.difference->verdict && is_open(*each.difference);
  }));
  const size_t before = lines.size();
  add_sentence(
      all, "Open: ", is_open, [&](const Judged& each) { return open_text(results, each, comparisons); }, lines);
  if (lines.size() == before || results.looks) return;
  const int seeds = static_cast<int>(results.seeds.size());
  if (const auto shown = analysis::smallest_shown(results, seeds); shown.points)
    lines.push_back("What " + std::to_string(seeds) + " seeds can show here: differences from about " +
                    rounded(*shown.points, *shown.points) + " points on");
}

std::vector<std::string> without_verdicts(const Results& results, const std::vector<Judged>& all) {
  if (results.done == 0) return {"No run is done yet"};
  if (all.empty()) return {};
  if (results.seeds.size() == 1)
    return {
        "One seed: which rows are better cannot be told. More seeds (\"seeds\": [0, 1, 2], or "
        "--set /seeds=[0,1,2]) train only what is new"};
  return {"No two rows have two seeds done yet"};
}

void add_interactions(const Results& results, std::vector<std::string>& lines) {
  if (!results.worth.interactions) return;
  std::vector<Judged> pairs;
  for (const analysis::Interaction& each : *results.worth.interactions)
    pairs.push_back({each.a + " + " + each.b, given(each.worth.difference)});
  const auto text_of = [](const Judged& each) { return each.name + " (" + difference_text(*each.difference) + ")"; };
  const size_t before = lines.size();
  add_sentence(
      pairs,
      "Shown to give more together than alone: ", [](const Difference& d) { return d.verdict == Verdict::higher; },
      text_of, lines);
  add_sentence(
      pairs,
      "Shown to give less together than alone: ", [](const Difference& d) { return d.verdict == Verdict::lower; },
      text_of, lines);
  const bool any_open = std::any_of(pairs.begin(), pairs.end(), [](const Judged& each) {
    return each.difference && each.difference->verdict == Verdict::not_shown;
  });
  if (lines.size() == before && any_open) lines.push_back("No pair is shown to give more or less together than alone");
}

}  // namespace

std::vector<std::string> answer_lines(const Results& results) {
  const std::vector<Judged> all = judged_of(results);
  const bool any = std::any_of(all.begin(), all.end(),
                               [](const Judged& each) { return each.difference && each.difference->verdict; });
  if (!any) return without_verdicts(results, all);
  const bool ablation = results.kind == config::ExperimentKind::ablation;
  const Verdict better = results.task->primary_metric().higher_is_better ? Verdict::higher : Verdict::lower;
  const auto text_of = [](const Judged& each) { return each.name + " (" + difference_text(*each.difference) + ")"; };
  std::vector<std::string> lines;
  const std::string other = ablation || results.rows.empty() ? "" : results.rows[0].name;
  add_sentence(
      all, ablation ? "Shown to help: " : "Shown to be better than " + other + ": ",
      [&](const Difference& d) { return d.verdict == better; }, text_of, lines);
  add_sentence(
      all, ablation ? "Shown to hurt: " : "Shown to be worse than " + other + ": ",
      [&](const Difference& d) { return d.verdict == analysis::reversed(better); }, text_of, lines);
  if (lines.empty()) lines.push_back(ablation ? "No step is shown to help or to hurt" : "No difference is shown");
  add_sentence(
      all, "Smaller than asked, whichever way: ", [](const Difference& d) { return d.verdict == Verdict::smaller; },
      text_of, lines);
  add_interactions(results, lines);
  add_open(results, all, lines);
  add_sentence(
      all, "Not to be told, since their rows are at chance: ",
      [](const Difference& d) { return d.verdict == Verdict::at_chance; }, [](const Judged& each) { return each.name; },
      lines);
  for (const std::string& line : a_a_notes(results)) lines.push_back(line);
  return lines;
}

std::vector<std::string> method_notes(const Results& results) {
  if (results.seeds.size() < 2) return {};
  std::vector<std::string> lines;
  if (results.statistics == config::Statistics::paired_t) {
    lines.push_back("Judged by Student's t of each difference's own seeds, " +
                    std::string(results.looks ? "which is exact at every look" : "as the experiment says"));
  } else if (results.judged_by.prior) {
    const auto& prior = *results.judged_by.prior;
    const double std = std::sqrt(prior.variance);
    lines.push_back("Judged by moderated variances (Smyth 2004): the table lends each difference " +
                    decimals(prior.degrees, 1) + " degrees of freedom beside those of its own seeds, at a spread of " +
                    rounded(std, std) + " points a run");
  } else {
    lines.push_back(
        "Judged by Student's t of each difference's own seeds: a table of one difference, or one without "
        "spread, has no other to lend it any");
  }
  const analysis::ImagesUsed& images = results.validation_images;
  if (images.used)
    lines.push_back("Verdicts refer to images like the " + grouped_digits(images.images) +
                    " of the validation set: of a difference's standard error, " +
                    rounded(images.seeds_error, images.seeds_error) + " points are of the seeds and " +
                    rounded(images.images_error, images.images_error) + " of the choice of these images");
  else if (!images.why_not.empty())
    lines.push_back("Verdicts refer to these validation images alone, not to others like them: " + images.why_not);
  return lines;
}

}  // namespace staircase::report
