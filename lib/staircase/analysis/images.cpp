#include "staircase/analysis/images.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace staircase::analysis {
namespace {

/// Of every seed that all rows have: a number an image.
std::vector<std::vector<double>> seed_by_image(const RowWeights& weights, const ImagesOfRuns& images) {
  std::map<int64_t, std::vector<double>> by_seed;
  std::map<int64_t, size_t> rows_of_seed;
  size_t rows = 0;
  for (const auto& [row, weight] : weights) {
    if (weight == 0) continue;
    ++rows;
    for (auto run = images.lower_bound({row, INT64_MIN}); run != images.end() && run->first.first == row; ++run) {
      const std::vector<bool>& correct = run->second.correct;
      std::vector<double>& sums = by_seed[run->first.second];
      sums.resize(correct.size());
      for (size_t i = 0; i < correct.size(); ++i)
        if (correct[i]) sums[i] += weight;
      ++rows_of_seed[run->first.second];
    }
  }
  std::vector<std::vector<double>> whole;
  for (auto& [seed, sums] : by_seed)
    if (rows_of_seed[seed] == rows) whole.push_back(std::move(sums));
  return whole;
}

}  // namespace

std::optional<ErrorSource> image_error(const RowWeights& weights, const ImagesOfRuns& images) {
  const std::vector<std::vector<double>> numbers = seed_by_image(weights, images);
  if (numbers.size() < 2 || numbers[0].size() < 2) return std::nullopt;
  const auto seeds = static_cast<double>(numbers.size()), count = static_cast<double>(numbers[0].size());
  double all = 0, squares = 0, of_images = 0, of_seeds = 0;
  for (const std::vector<double>& row : numbers) {
    double sum = 0;
    for (const double each : row) {
      sum += each;
      squares += each * each;
    }
    all += sum;
    of_seeds += sum * sum / count;
  }
  for (size_t i = 0; i < numbers[0].size(); ++i) {
    double sum = 0;
    for (const std::vector<double>& row : numbers) sum += row[i];
    of_images += sum * sum / seeds;
  }
  const double correction = all * all / (seeds * count);
  const double mean_square_images = (of_images - correction) / (count - 1);
  const double rest = (squares - of_seeds - of_images + correction) / ((seeds - 1) * (count - 1));
  const double variance = std::max(0.0, (mean_square_images - rest) / (seeds * count));
  return ErrorSource{100 * std::sqrt(variance), count - 1};
}

ImagesUsed images_used(const std::vector<Row>& rows, const ImagesOfRuns& images) {
  ImagesUsed result;
  std::set<std::string> sets;
  size_t done = 0, missing = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    for (const SeedResult& seed : rows[i].seeds) {
      if (seed.status != SeedStatus::done) continue;
      ++done;
      const auto found = images.find({i, seed.seed});
      if (found == images.end()) {
        ++missing;
        continue;
      }
      sets.insert(found->second.validation_set);
      result.images = static_cast<int64_t>(found->second.correct.size());
    }
  if (done == 0) return result;
  if (missing > 0)
    result.why_not = std::to_string(missing) + " of " + std::to_string(done) +
                     " runs have no correct.bits, as in folders of earlier versions";
  else if (sets.size() > 1) result.why_not = "the rows' validation images are not the same";
  else result.used = true;
  return result;
}

}  // namespace staircase::analysis
