#pragma once

#include <set>
#include <string>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/data/dataset.h"
#include "staircase/interop/model_file.h"
#include "staircase/train/class_results.h"

namespace staircase::apps {

/// An evaluation by classes. `classes`: outputs for which the data has a class.
struct EvalTables {
  const interop::ModelDescription& description;
  const std::vector<int64_t>& classes;
  const train::ClassResults& results;

  /// Prints images and top-1 of each class and, up to 20 classes, what its images were taken for; of more classes the
  /// ten with the lowest top-1.
  void print() const;
  /// Adds "classes" and "confusion" (pairs that occurred) to the object that --json prints.
  void add_to(config::Json& line) const;
  /// The whole confusion matrix as CSV: a row for each class of the data, a column for each class of the network.
  std::string confusion_csv() const;
  /// A line an image as CSV: path, true class, predicted class, its probability, whether it is correct.
  /// `left_out`: indices of damaged images.
  std::string per_image_csv(const data::Dataset& images, const std::set<size_t>& left_out) const;
};

}  // namespace staircase::apps
