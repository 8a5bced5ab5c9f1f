#include "eval_tables.h"

#include <algorithm>
#include <iostream>
#include <set>

#include "console.h"
#include "staircase/base/text.h"
#include "staircase/report/classes.h"
#include "staircase/report/csv.h"
#include "weights.h"

namespace staircase::apps {
namespace {

using report::lowest_classes_shown, report::most_matrix_classes;

using Rows = std::vector<std::vector<std::string>>;

/// "cat 3, dog 1": what a class was taken for where it was not recognized, the most first.
std::string taken_for(const EvalTables& tables, int64_t label) {
  std::vector<std::pair<int64_t, int64_t>> others;  // images, class
  for (const auto& [pair, images] : tables.results.confusion())
    if (pair.first == label && pair.second != label) others.emplace_back(images, pair.second);
  std::stable_sort(others.begin(), others.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> texts;
  for (size_t i = 0; i < others.size() && i < 3; ++i)
    texts.push_back(class_name(tables.description, others[i].second) + " " + std::to_string(others[i].first));
  return join(texts);
}

std::vector<std::string> class_cells(const EvalTables& tables, int64_t label) {
  return {std::to_string(label), class_name(tables.description, label), std::to_string(tables.results.images(label)),
          decimals(tables.results.top1(label), 2)};
}

/// Columns are all classes of the network, or those of the data and the others together.
void print_matrix(const EvalTables& tables) {
  const int64_t outputs = tables.description.model.num_classes;
  const bool all = outputs <= static_cast<int64_t>(most_matrix_classes);
  std::vector<int64_t> columns = tables.classes;
  if (all) {
    columns.clear();
    for (int64_t c = 0; c < outputs; ++c) columns.push_back(c);
  }
  std::vector<std::string> header{"index", "class", "images", "top-1"};
  for (const int64_t c : columns) header.push_back(std::to_string(c));
  if (!all) header.emplace_back("others");
  Rows rows;
  for (const int64_t label : tables.classes) {
    std::vector<std::string> cells = class_cells(tables, label);
    int64_t rest = tables.results.images(label);
    for (const int64_t c : columns) {
      const int64_t images = tables.results.taken_for(label, c);
      cells.push_back(std::to_string(images));
      rest -= images;
    }
    if (!all) cells.push_back(std::to_string(rest));
    rows.push_back(cells);
  }
  std::vector<bool> right(header.size(), true);
  right[1] = false;
  std::cout << "\nA row is a class; under each index, how many of its images were taken for the class of that index:\n";
  print_table(header, right, rows);
}

void print_lowest(const EvalTables& tables) {
  std::vector<int64_t> order = tables.classes;
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return tables.results.top1(a) < tables.results.top1(b); });
  order.resize(std::min(order.size(), lowest_classes_shown));
  Rows rows;
  for (const int64_t label : order) {
    rows.push_back(class_cells(tables, label));
    rows.back().push_back(taken_for(tables, label));
  }
  std::cout << "\nThe " << order.size() << " classes of " << tables.classes.size()
            << " with the lowest top-1 (all: --json, --confusion FILE.csv):\n";
  print_table({"index", "class", "images", "top-1", "taken for"}, {true, false, true, true, false}, rows);
}

}  // namespace

void EvalTables::print() const {
  if (classes.size() <= most_matrix_classes) print_matrix(*this);
  else print_lowest(*this);
}

void EvalTables::add_to(config::Json& line) const {
  config::Json each = config::Json::array(), pairs = config::Json::array();
  for (const int64_t label : classes)
    each.push_back({{"class", class_name(description, label)},
                    {"index", label},
                    {"images", results.images(label)},
                    {"top1", results.top1(label)}});
  for (const auto& [pair, images] : results.confusion())
    pairs.push_back({{"index", pair.first}, {"predicted", pair.second}, {"images", images}});
  line["classes"] = each;
  line["confusion"] = pairs;
}

std::string EvalTables::confusion_csv() const {
  std::vector<std::string> header{"class"};
  for (int64_t c = 0; c < description.model.num_classes; ++c) header.push_back(class_name(description, c));
  std::string text = report::csv_line(header);
  for (const int64_t label : classes) {
    std::vector<std::string> cells{class_name(description, label)};
    for (int64_t c = 0; c < description.model.num_classes; ++c)
      cells.push_back(std::to_string(results.taken_for(label, c)));
    text += report::csv_line(cells);
  }
  return text;
}

std::string EvalTables::per_image_csv(const data::Dataset& images, const std::set<size_t>& left_out) const {
  std::string text = report::csv_line({"path", "class", "predicted", "probability", "correct"});
  auto answer = results.answers().begin();
  for (size_t i = 0; i < images.size() && answer != results.answers().end(); ++i) {
    if (left_out.contains(i)) continue;
    text += report::csv_line({images.name(i), class_name(description, answer->label),
                              class_name(description, answer->predicted), decimals(answer->probability, 6),
                              answer->correct() ? "1" : "0"});
    ++answer;
  }
  return text;
}

}  // namespace staircase::apps
