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

/// per_class.json of a run's folder, in the order of the classes; empty where the run has none: it is not at its last
/// evaluation, or was made by a version that wrote none. Throws RequestError naming the file when it is damaged.
std::vector<ClassScore> read_class_scores(const std::filesystem::path& run_folder);

/// How many images of a class were taken for a class, right answers too. Classes by their place in the list above.
struct Confusion {
  int64_t label = 0, predicted = 0, images = 0;
};

/// The pairs of per_class.json that occurred, by class and predicted class, of the averaged weights or of the raw ones;
/// empty where the run wrote none of them. Throws RequestError naming the file when it is damaged.
std::vector<Confusion> read_confusions(const std::filesystem::path& run_folder, bool of_average);

}  // namespace staircase::runs
