#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "staircase/analysis/results.h"

namespace staircase::report {

/// What one row reached in each class.
struct RowClasses {
  std::string name;
  std::vector<std::optional<double>> top1;  ///< percent, the mean over its seeds; empty: no seed has a number
};

/// What the rows of a folder reached class by class in the last evaluation, of the weights that the score is of.
struct Classes {
  std::string score;               ///< "top-1 EMA"
  std::vector<std::string> names;  ///< none: no run that was read has them
  std::vector<int64_t> images;     ///< validation images of each class, damaged ones left out
  std::vector<RowClasses> rows;    ///< of the experiment where they are few, else the first and the best
  size_t first = 0, best = 0;      ///< places in `rows`
  bool has_all_rows = true;
  /// Images of the best row by class and predicted class, summed over its seeds; none: they were not kept.
  std::map<std::pair<int64_t, int64_t>, int64_t> confusion;
};

/// Few rows, or classes, are shown whole.
inline constexpr size_t most_class_columns = 8, most_matrix_classes = 20;

/// Reads per_class.json of the rows that are shown: of more than 8 rows, or more than 20 classes, only the first and
/// the best. A damaged file is left out, with a warning in `results`.
Classes read_classes(const std::filesystem::path& folder, analysis::Results& results);

}  // namespace staircase::report
