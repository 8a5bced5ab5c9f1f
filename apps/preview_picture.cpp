#include "preview_picture.h"

#include <algorithm>
#include <thread>

#include "staircase/base/text.h"
#include "staircase/data/contact_sheet.h"
#include "staircase/data/open_data.h"
#include "staircase/plan/masked_autoencoder.h"

namespace staircase::apps {
namespace {

/// "cat 0.63", "+ dog 0.37"; "cat" where the image is of one class alone.
std::vector<std::string> caption(const train::TrainingImage& image, const std::vector<std::string>& classes) {
  std::vector<std::string> parts;
  for (const train::WeightedLabel& label : image.labels)
    parts.push_back((parts.empty() ? "" : "+ ") + classes.at(label.index) +
                    (image.labels.size() > 1 ? " " + decimals(label.weight, 2) : ""));
  return parts;
}

void add_tiles(std::vector<data::Tile>& tiles, train::TrainingImage image, const std::vector<std::string>& classes) {
  tiles.push_back({std::move(image.image), caption(image, classes)});
  if (image.masked) tiles.push_back({std::move(*image.masked), {"masked"}});
  if (image.filled_in) tiles.push_back({std::move(*image.filled_in), {"filled in"}});
}

}  // namespace

train::TrainJob preview_job(const config::Configuration& configuration, int64_t seed, const std::string& source,
                            const std::filesystem::path& index_folder) {
  train::TrainJob job;
  job.configuration = configuration;
  job.seed = seed;
  job.data = data::open_data(configuration.data, {source, "/data"}, index_folder);
  job.configuration.model.num_classes = static_cast<int64_t>(job.data.class_names.size());
  job.configuration.model.in_channels = job.data.channels;
  job.loader_workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  train::check_batch_size(job, source);
  if (configuration.recipe.task == config::TaskKind::masked_autoencoding)
    plan::check_masked_autoencoding(job.configuration, source);
  return job;
}

data::Image preview_picture(std::vector<train::TrainingImage> images, const std::vector<std::string>& classes) {
  const size_t count = images.size();
  std::vector<data::Tile> tiles;
  for (train::TrainingImage& image : images) add_tiles(tiles, std::move(image), classes);
  return data::contact_sheet(tiles, static_cast<int>(tiles.size() / count));
}

}  // namespace staircase::apps
