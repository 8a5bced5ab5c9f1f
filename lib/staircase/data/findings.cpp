#include "staircase/data/findings.h"

#include <algorithm>

#include "staircase/base/some_of.h"
#include "staircase/base/text.h"

namespace staircase::data {
namespace {

std::string count_text(size_t count) { return grouped_digits(static_cast<long long>(count)); }

std::vector<int64_t> images_of_classes(const Dataset& part, size_t classes) {
  std::vector<int64_t> counts(classes, 0);
  for (size_t i = 0; i < part.size(); ++i) ++counts.at(static_cast<size_t>(part.label(i)));
  return counts;
}

std::string summary_of(const DataSource& source) {
  std::string text = "train: " + count_text(source.train->size()) + " images, " +
                     count_text(source.class_names.size()) + (source.class_names.size() == 1 ? " class" : " classes");
  if (source.val) text += "; val: " + count_text(source.val->size()) + " images";
  if (source.test) text += "; test: " + count_text(source.test->size()) + " images";
  return text;
}

void warn_of_missing_classes(const DataSource& source, std::vector<std::string>& warnings) {
  const std::vector<int64_t> counts = images_of_classes(*source.val, source.class_names.size());
  std::vector<std::string> missing;
  for (size_t i = 0; i < counts.size(); ++i)
    if (counts[i] == 0) missing.push_back(source.class_names[i]);
  if (missing.empty()) return;
  const size_t all = missing.size(), most_named = 8;
  warnings.push_back((all == 1 ? "1 class has no validation image, so no score speaks of it: "
                               : count_text(all) + " classes have no validation image, so no score speaks of them: ") +
                     some_of(missing, most_named));
}

void warn_of_imbalance(const DataSource& source, std::vector<std::string>& warnings) {
  const std::vector<int64_t> counts = images_of_classes(*source.train, source.class_names.size());
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  if (counts.empty() || *most <= extreme_imbalance * *least) return;
  const auto text = [&](auto at) {
    return source.class_names.at(static_cast<size_t>(at - counts.begin())) + " has " + grouped_digits(*at);
  };
  warnings.push_back("the classes differ extremely: of the training images " + text(most) + ", " + text(least) +
                     "; more than " + std::to_string(extreme_imbalance) +
                     " times as many let a network score by the large classes alone");
}

/// `images`: of the part, whose images are called `title`; `many` and `none`: what is said of those with a twin, and
/// where none has one.
void tell_of(const Duplicates& duplicates, size_t images, const std::string& title, const std::string& many,
             const std::string& none, Findings& findings) {
  if (duplicates.looked_at == 0) return;
  const bool all = duplicates.looked_at == images;
  const std::string these = count_text(duplicates.looked_at) + " " + title + " images" +
                            (all ? "" : " that were looked at, of " + count_text(images) + ",");
  if (duplicates.found > 0)
    findings.warnings.push_back(count_text(duplicates.found) + " of " + these + " " + many + ": " + duplicates.example +
                                " is " + duplicates.its_twin);
  else if (!all) findings.notes.push_back("none of " + these + " " + none);
}

void warn_of_duplicates(const DataSource& source, const SearchLimits& limits, Findings& findings) {
  const auto tell_of_part = [&](const Dataset& part, const char* title) {
    tell_of(find_duplicates(part, *source.train, limits), part.size(), title,
            "are training images too, byte for byte, which makes scores too high", "is a training image", findings);
  };
  if (source.val) tell_of_part(*source.val, "validation");
  if (source.test) tell_of_part(*source.test, "test");
  tell_of(find_in_two_classes(*source.train, limits), source.train->size(), "training",
          "stand in two classes, byte for byte, so that no network can learn them all", "stands in two classes",
          findings);
}

}  // namespace

Findings find_in_data(const DataSource& source, const SearchLimits& limits) {
  Findings findings;
  findings.notes.push_back(summary_of(source));
  for (const std::string& text : {left_out_text(source.passed_over), left_behind_text(source.passed_over)})
    if (!text.empty()) findings.notes.push_back(text);
  if (source.val) warn_of_missing_classes(source, findings.warnings);
  warn_of_imbalance(source, findings.warnings);
  warn_of_duplicates(source, limits, findings);
  return findings;
}

}  // namespace staircase::data
