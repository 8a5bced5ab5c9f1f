#pragma once

#include <string>
#include <vector>

#include "staircase/config/data_content.h"
#include "staircase/experiment/design.h"

namespace staircase::report {

/// What the rows of a folder were, or would be, trained with: after steps and overrides.
struct TrainedRow {
  std::string name;
  config::Configuration configuration;
};
struct Trained {
  std::vector<TrainedRow> rows;
  int64_t classes = 0;
  std::vector<config::DataContent> sets;  ///< what the files of their data hold; none for data that are drawn
  std::vector<std::string> data_warnings;  ///< what was found in their data before they were trained, and in training
};

/// Throws RequestError when the folder holds no experiment.
Trained trained_rows(const std::filesystem::path& folder);

/// The fields that decide a run, pointer to value: none that its kind of data or another field makes idle. Data of
/// files stand there by what they hold ("/data/content"), wherever they lie, where `sets` knows them.
config::Json effective_fields(const config::Configuration& configuration, const std::vector<config::DataContent>& sets);

/// "train 40 images, val 30 images, 2 classes, fingerprint 0123456789abcdef".
std::string content_text(const config::DataContent& content);

/// The row of that name; null: there is none.
const TrainedRow* find_row(const Trained& trained, const std::string& name);

/// Whether their scores are of other data: of another kind, number of classes, or content; of drawn data, where other
/// validation images are drawn. Files whose content is not known count as the same.
bool have_other_data(const Trained& a, const TrainedRow& of_a, const Trained& b, const TrainedRow& of_b);

/// Each pointer that some of these objects have, with its value in each; null where one has none.
std::vector<std::pair<std::string, std::vector<config::Json>>> values_by_pointer(const std::vector<config::Json>& all);

/// A field in which rows of one name differ.
struct TrainedDifference {
  std::string row;  ///< empty: all rows that every side has differ in it alike
  std::string pointer;
  std::vector<config::Json> values;  ///< a side an entry; null: it has no such field
};

/// Rows are matched by name; those that a side lacks are left out.
std::vector<TrainedDifference> trained_differences(const std::vector<const Trained*>& sides);

}  // namespace staircase::report
