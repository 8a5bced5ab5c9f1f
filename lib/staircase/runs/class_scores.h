#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace staircase::runs {

/// What one class had in the last evaluation of a run.
struct ClassScore {
  std::string name;
  int64_t images = 0;              ///< validation images, damaged ones left out
  double top1 = 0;                 ///< percent, of the raw weights; 0 where there is no image
  std::optional<double> top1_ema;  ///< of the averaged ones
};

/// How many images of a class were taken for a class, right answers too. Classes by their place in the list of scores.
struct Confusion {
  int64_t label = 0, predicted = 0, images = 0;
};

/// per_class.json of a run's folder.
struct ClassEvaluation {
  std::vector<ClassScore> scores;  ///< in the order of the classes
  /// The pairs that occurred, by class and predicted class, of the raw weights and of the averaged ones; none where the
  /// run kept none.
  std::vector<Confusion> confusion, confusion_ema;
};

/// Empty where the run has no such file: it is not at its last evaluation, or was made by a version that wrote none.
/// Throws RequestError naming the file when it is damaged.
ClassEvaluation read_class_evaluation(const std::filesystem::path& run_folder);

/// Its scores alone.
std::vector<ClassScore> read_class_scores(const std::filesystem::path& run_folder);

}  // namespace staircase::runs
