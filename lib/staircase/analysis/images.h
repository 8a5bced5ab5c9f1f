#pragma once

#include "staircase/analysis/weighted.h"

namespace staircase::analysis {

/// Which of its validation images a run classified correctly, by the weights that rows are compared by.
struct CorrectImages {
  std::string validation_set;
  std::vector<bool> correct;
};

/// Those of every run that is done: by row and seed.
using ImagesOfRuns = std::map<std::pair<size_t, int64_t>, CorrectImages>;

/// What the choice of the validation images leaves uncertain of a weighted sum of scores in percent, beside its seeds:
/// every seed's sum is taken image by image, where rows that fail at the same images have little of it. Seeds and
/// images are crossed random effects, D(s, i) = mean + seed(s) + image(i) + rest(s, i): the variance of the mean over n
/// seeds and I images is that of the seeds' means / n, which has the rest in it, plus (MS_images - MS_rest) / (n I),
/// here. The seeds are those that all rows have. Empty: fewer than two, or fewer than two images.
/// Source: Searle, Casella and McCulloch 1992, "Variance components", chapter 4; Owen 2007, "The pigeonhole bootstrap",
/// of which this is the closed form.
std::optional<ErrorSource> image_error(const RowWeights& weights, const ImagesOfRuns& images);

/// That tables judge by the images, or why they do not.
struct ImagesUsed {
  bool used = false;
  std::string why_not;                       ///< "": no seeds are compared, or they are used
  int64_t images = 0;                        ///< of the validation set
  double seeds_error = 0, images_error = 0;  ///< of a difference of the judged table: root mean squares, in points

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "images";
  static constexpr auto fields() {
    using I = ImagesUsed;
    return std::make_tuple(config::field("used", &I::used, ""), config::field("why_not", &I::why_not, ""),
                           config::field("images", &I::images, ""),
                           config::field("seeds_error", &I::seeds_error, "points, of one difference"),
                           config::field("images_error", &I::images_error, "points, of one difference"));
  }
};

/// Whether all runs that are done have them, of one validation set.
ImagesUsed images_used(const std::vector<Row>& rows, const ImagesOfRuns& images);

}  // namespace staircase::analysis
