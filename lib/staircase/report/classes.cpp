#include "staircase/report/classes.h"

#include <algorithm>
#include <cmath>

#include "staircase/base/text.h"
#include "staircase/report/cells.h"

namespace staircase::report {
namespace {

std::optional<double> top1(const Classes& classes, size_t row, size_t c) { return classes.rows[row].top1[c]; }

/// The best row minus the first; empty where one is not known.
std::optional<double> difference(const Classes& classes, size_t c) {
  const auto first = top1(classes, classes.first, c), best = top1(classes, classes.best, c);
  return first && best ? std::optional(*best - *first) : std::nullopt;
}

/// These classes with every row that was read and, where asked for, the best row minus the first.
TextTable accuracy_table(const Classes& classes, const std::vector<size_t>& shown, bool with_difference) {
  TextTable table{{"class", "images"}, {false, true}, {}};
  const auto add_column = [&](const std::string& title) {
    table.header.push_back(title);
    table.right.push_back(true);
  };
  for (const RowClasses& row : classes.rows) add_column(row.name);
  if (with_difference) add_column(classes.rows[classes.best].name + " - " + classes.rows[classes.first].name);
  for (const size_t c : shown) {
    std::vector<std::string> line{classes.names[c], std::to_string(classes.images[c])};
    for (size_t row = 0; row < classes.rows.size(); ++row) {
      const auto known = top1(classes, row, c);
      line.push_back(known ? decimals(*known, 2) : "-");
    }
    if (with_difference) line.push_back(difference(classes, c) ? signed_text(*difference(classes, c)) : "-");
    table.rows.push_back(line);
  }
  return table;
}

/// The first ten by a key, smallest first; classes whose key is not known are left out.
template <class Key>
std::vector<size_t> first_by(const Classes& classes, const Key& key) {
  std::vector<std::pair<double, size_t>> order;
  for (size_t c = 0; c < classes.names.size(); ++c)
    if (const std::optional<double> known = key(c)) order.emplace_back(*known, c);
  std::sort(order.begin(), order.end());
  order.resize(std::min(order.size(), lowest_classes_shown));
  std::vector<size_t> list;
  for (const auto& each : order) list.push_back(each.second);
  return list;
}

TextTable confusion_matrix(const Classes& classes) {
  TextTable table{{"class"}, {false}, {}};
  for (const std::string& name : classes.names) {
    table.header.push_back(name);
    table.right.push_back(true);
  }
  const auto count = static_cast<int64_t>(classes.names.size());
  for (int64_t label = 0; label < count; ++label) {
    std::vector<std::string> line{classes.names[static_cast<size_t>(label)]};
    for (int64_t predicted = 0; predicted < count; ++predicted) {
      const auto found = classes.confusion.find({label, predicted});
      line.push_back(std::to_string(found == classes.confusion.end() ? 0 : found->second));
    }
    table.rows.push_back(line);
  }
  return table;
}

TextTable frequent_confusions(const Classes& classes) {
  std::vector<std::pair<std::pair<int64_t, int64_t>, int64_t>> pairs;
  for (const auto& each : classes.confusion)
    if (each.first.first != each.first.second) pairs.push_back(each);
  std::stable_sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  pairs.resize(std::min(pairs.size(), lowest_classes_shown));
  TextTable table{{"class", "taken for", "images"}, {false, false, true}, {}};
  for (const auto& [pair, images] : pairs)
    table.rows.push_back({classes.names.at(static_cast<size_t>(pair.first)),
                          classes.names.at(static_cast<size_t>(pair.second)), std::to_string(images)});
  return table;
}

std::vector<TitledTable> whole_tables(const Classes& classes, const std::string& best) {
  std::vector<size_t> all;
  for (size_t c = 0; c < classes.names.size(); ++c) all.push_back(c);
  std::vector<TitledTable> tables{
      {classes.score + " of each class in percent, the mean over the seeds, and its validation images" +
           (classes.has_all_rows ? ":" : "; the first row and the best:"),
       accuracy_table(classes, all, !classes.has_all_rows && classes.first != classes.best)}};
  if (!classes.confusion.empty())
    tables.push_back({"What the images of each class (a row) were taken for (a column) by the best row, " + best +
                          ", summed over the seeds:",
                      confusion_matrix(classes)});
  return tables;
}

std::vector<TitledTable> extreme_tables(const Classes& classes, const std::string& best) {
  const bool differs = classes.first != classes.best;
  const auto lowest = first_by(classes, [&](size_t c) { return top1(classes, classes.best, c); });
  const auto farthest = first_by(classes, [&](size_t c) {
    const auto apart = difference(classes, c);
    return apart && *apart != 0 ? std::optional(-std::abs(*apart)) : std::nullopt;
  });
  const std::string mean = classes.score + " in percent, the mean over the seeds:";
  std::vector<TitledTable> tables{
      {"Of " + std::to_string(classes.names.size()) + " classes those with the lowest accuracy of the best row, " +
           best + "; " + mean,
       accuracy_table(classes, lowest, differs)},
      {"The largest differences between the best row and the first; " + mean,
       accuracy_table(classes, farthest, differs)},
      {"What the best row, " + best + ", took most often for something else, summed over the seeds:",
       frequent_confusions(classes)}};
  std::erase_if(tables, [](const TitledTable& each) { return each.table.rows.empty(); });
  return tables;
}

}  // namespace

std::vector<TitledTable> class_tables(const Classes& classes) {
  if (classes.names.empty()) return {};
  const std::string& best = classes.rows[classes.best].name;
  return classes.names.size() <= most_matrix_classes ? whole_tables(classes, best) : extreme_tables(classes, best);
}

}  // namespace staircase::report
