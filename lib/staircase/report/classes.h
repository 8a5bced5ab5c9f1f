#pragma once

#include "staircase/report/class_data.h"
#include "staircase/report/report_table.h"

namespace staircase::report {

struct TitledTable {
  std::string title;  ///< a sentence
  TextTable table;
};

/// Of more classes than a matrix shows, so many of the lowest, of the largest differences and of the confusions.
inline constexpr size_t lowest_classes_shown = 10;

/// Up to 20 classes: the accuracy of each class in each row (of more than 8 rows in the first and the best, and their
/// difference) and the best row's confusion matrix. Of more classes: the ten lowest, the ten that differ most between
/// the first and the best row, and the ten most frequent confusions. What is not known is "-"; tables of which
/// nothing is known are left out.
std::vector<TitledTable> class_tables(const Classes& classes);

}  // namespace staircase::report
