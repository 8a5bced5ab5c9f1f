#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace staircase::config {

/// correct.bits of a run's folder: which images of the last evaluation it classified correctly, in the order of the
/// evaluation, a bit each. Equal runs have equal bytes: a line of JSON,
/// {"images": N, "validation_set": 16 hexadecimal digits, "weights": ["raw", "ema"]}, and for each of these weights
/// N bits, the lowest of a byte first, filled up with 0 to whole bytes.
struct ImageOutcomes {
  std::string validation_set;  ///< equal where the same images were evaluated
  std::vector<bool> raw;
  std::optional<std::vector<bool>> average;
};

/// Names the images of an evaluation by their data and the classes of all of them, in order.
std::string validation_set_name(const std::string& data, const std::vector<int64_t>& labels);

std::string write_image_outcomes(const ImageOutcomes& outcomes);

/// Empty: there is no such file, as in runs of earlier versions. Throws RequestError naming the file when it is damaged.
std::optional<ImageOutcomes> read_image_outcomes(const std::filesystem::path& file);

}  // namespace staircase::config
