#include "staircase/report/answer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "staircase/analysis/judged.h"
#include "staircase/analysis/score.h"
#include "staircase/analysis/smallest_shown.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/report/cells.h"
#include "staircase/report/context_table.h"

namespace staircase::report {
namespace {

using analysis::Difference;
using analysis::Results;
using analysis::Row;
using analysis::Verdict;

/// What sentences are made of, under the name that readers know it by; a null one is still to come.
struct Judged {
  std::string name;
  const Difference* difference;
};

std::vector<Judged> asked_of(const std::vector<analysis::JudgedDifference>& judged) {
  std::vector<Judged> asked;
  for (const analysis::JudgedDifference& each : judged)
    if (each.is_asked) asked.push_back({each.name, each.difference});
  return asked;
}

std::string named_text(const Judged& each) { return each.name + " (" + difference_text(*each.difference) + ")"; }

/// A sentence of those differences that `belongs` takes; nothing where it takes none.
template <class Belongs, class TextOf>
void add_sentence(const std::vector<Judged>& all, const std::string& start, Belongs belongs, TextOf text_of,
                  std::vector<std::string>& lines) {
  std::vector<std::string> parts;
  for (const Judged& each : all)
    if (each.difference && each.difference->verdict && belongs(*each.difference)) parts.push_back(text_of(each));
  if (!parts.empty()) lines.push_back(start + some_of(parts, 12));
}

bool is_undecided(const Difference& d) {
  return d.verdict == Verdict::not_shown || d.verdict == Verdict::no_spread_seen;
}

/// Those that are shown no longer count in Holm's correction of the rest; those at chance do, where they have a p.
int comparisons_left(const std::vector<analysis::JudgedDifference>& judged) {
  return static_cast<int>(std::count_if(judged.begin(), judged.end(), [](const analysis::JudgedDifference& each) {
    const Difference* d = each.difference;
    return d && (is_undecided(*d) || (d->verdict == Verdict::at_chance && d->p));
  }));
}

/// "Open: gelu (+0.3 [-0.9, +1.5]; 14 seeds), stem (...); so many seeds would show as much", the nearest to a verdict
/// first.
std::string open_sentence(const Results& results, const std::vector<Judged>& open, int comparisons) {
  struct Part {
    std::optional<int> seeds;
    std::string text;
  };
  std::vector<Part> parts;
  for (const Judged& each : open) {
    const auto seeds = results.looks ? std::nullopt : analysis::seeds_to_show(results, *each.difference, comparisons);
    std::string text = each.name + " (" + difference_text(*each.difference);
    if (seeds) text += "; " + std::to_string(*seeds) + " seeds";
    parts.push_back({seeds, text + ")"});
  }
  static constexpr int never = std::numeric_limits<int>::max();
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.seeds.value_or(never) < b.seeds.value_or(never); });
  std::vector<std::string> texts;
  for (const Part& part : parts) texts.push_back(part.text);
  return "Open: " + some_of(texts, 12) + (parts.front().seeds ? "; so many seeds would show as much" : "");
}

void add_open(const Results& results, const std::vector<Judged>& all, int comparisons,
              std::vector<std::string>& lines) {
  std::vector<Judged> open;
  for (const Judged& each : all)
    if (each.difference && each.difference->verdict && is_undecided(*each.difference)) open.push_back(each);
  if (open.empty()) return;
  lines.push_back(open_sentence(results, open, comparisons));
  if (results.looks) return;
  const int seeds = static_cast<int>(results.seeds.size());
  if (const auto shown = analysis::smallest_shown(results, seeds); shown.points)
    lines.push_back("What " + std::to_string(seeds) + " seeds can show here: differences from about " +
                    rounded(*shown.points, *shown.points) + analysis::points_of(*results.task) + " on");
}

std::vector<std::string> without_verdicts(const Results& results, const std::vector<Judged>& all) {
  if (results.done == 0) return {"No run is done yet"};
  if (all.empty()) return {};
  if (results.looks)
    return {"The first look is still to come, when " + std::to_string(results.looks->looks.front()) +
            " seeds of every row are done"};
  if (results.seeds.size() == 1)
    return {
        "One seed: which rows are better cannot be told. More seeds (\"seeds\": [0, 1, 2], or "
        "--set /seeds=[0,1,2]) train only what is new"};
  return {"No two rows have two seeds done yet"};
}

void add_interactions(const Results& results, Verdict better, std::vector<std::string>& lines) {
  if (!results.worth.interactions) return;
  std::vector<Judged> pairs;
  for (const analysis::Interaction& each : *results.worth.interactions)
    pairs.push_back({each.a + " + " + each.b, each.worth.difference ? &*each.worth.difference : nullptr});
  const size_t before = lines.size();
  add_sentence(
      pairs, "Shown to give more together than alone: ", [&](const Difference& d) { return d.verdict == better; },
      named_text, lines);
  add_sentence(
      pairs, "Shown to give less together than alone: ",
      [&](const Difference& d) { return d.verdict == analysis::reversed(better); }, named_text, lines);
  const bool any_open = std::any_of(pairs.begin(), pairs.end(), [](const Judged& each) {
    return each.difference && each.difference->verdict == Verdict::not_shown;
  });
  if (lines.size() == before && any_open) lines.push_back("No pair is shown to give more or less together than alone");
}

/// Empty: no difference has a verdict, so none has an error to speak of.
std::string error_parts(const analysis::ImagesUsed& images) {
  if (images.seeds_error == 0 && images.images_error == 0) return "";
  return ": of a difference's standard error, " + rounded(images.seeds_error, images.seeds_error) +
         " points are of the seeds and " + rounded(images.images_error, images.images_error) +
         " of the choice of these images";
}

/// Whether some difference was judged: rows at chance are not.
bool is_any_judged(const Results& results) {
  const auto all = analysis::judged_differences(results);
  return std::any_of(all.begin(), all.end(), [](const analysis::JudgedDifference& each) {
    return each.difference && each.difference->verdict && each.difference->verdict != Verdict::at_chance;
  });
}

}  // namespace

std::vector<std::string> answer_lines(const Results& results) {
  const std::vector<analysis::JudgedDifference> judged = analysis::judged_differences(results);
  const std::vector<Judged> all = asked_of(judged);
  const bool any = std::any_of(all.begin(), all.end(),
                               [](const Judged& each) { return each.difference && each.difference->verdict; });
  if (!any) return without_verdicts(results, all);
  const bool ablation = results.kind == config::ExperimentKind::ablation;
  const Verdict better = results.task->primary_metric().higher_is_better ? Verdict::higher : Verdict::lower;
  std::vector<std::string> lines;
  const std::string other = results.rows[0].name + (results.contexts ? " of the same context" : "");
  add_sentence(
      all, ablation ? "Shown to help: " : "Shown to be better than " + other + ": ",
      [&](const Difference& d) { return d.verdict == better; }, named_text, lines);
  add_sentence(
      all, ablation ? "Shown to hurt: " : "Shown to be worse than " + other + ": ",
      [&](const Difference& d) { return d.verdict == analysis::reversed(better); }, named_text, lines);
  if (lines.empty()) lines.push_back(ablation ? "No step is shown to help or to hurt" : "No difference is shown");
  add_sentence(
      all, "Smaller than asked, whichever way: ", [](const Difference& d) { return d.verdict == Verdict::smaller; },
      named_text, lines);
  add_interactions(results, better, lines);
  add_open(results, all, comparisons_left(judged), lines);
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
                    rounded(std, std) + analysis::points_of(*results.task) + " a run");
  } else if (is_any_judged(results)) {
    lines.push_back(
        "Judged by Student's t of each difference's own seeds: a table of one difference, or one without "
        "spread, has no other to lend it any");
  }
  const analysis::ImagesUsed& images = results.validation_images;
  if (images.used)
    lines.push_back("Verdicts refer to images like the " + grouped_digits(images.images) + " of the validation set" +
                    error_parts(images));
  else if (!images.why_not.empty())
    lines.push_back("Verdicts refer to these validation images alone, not to others like them: " + images.why_not);
  return lines;
}

}  // namespace staircase::report
