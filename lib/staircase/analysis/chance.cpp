#include "staircase/analysis/chance.h"

#include <algorithm>
#include <cmath>

namespace staircase::analysis {
namespace {

/// Images of the largest class and of all, in the part that scores come from.
struct ValidationImages {
  int64_t largest = 0, all = 0;
};

ValidationImages validation_images(const config::DataOptions& options, int64_t classes,
                                   const config::DataContent* data) {
  ValidationImages images;
  if (config::is_described_whole(options)) {  // their classes take turns
    images.all = options.val_images;
    images.largest = (images.all + classes - 1) / classes;
    return images;
  }
  if (!data) return images;
  for (const config::DataContent::Part& part : data->parts) {
    if (part.name != "val") continue;
    images.all = part.images();
    for (const config::DataContent::Class& each : part.classes) images.largest = std::max(images.largest, each.images);
  }
  return images;
}

}  // namespace

ChanceLevel chance_level(const config::Configuration& configuration, const config::DataContent* data) {
  ChanceLevel level;
  const int64_t classes = configuration.model.num_classes;
  if (classes == 0) return level;
  double share = 1.0 / static_cast<double>(classes), sampling_error = 0;
  level.chance = 100 * share;
  const ValidationImages images = validation_images(configuration.data, classes, data);
  if (images.all > 0) {
    const auto all = static_cast<double>(images.all);
    const double largest = static_cast<double>(images.largest) / all;
    share = std::max(share, largest);
    const double one_of_20 = 1.645;  // of the normal distribution, one side
    sampling_error = one_of_20 * std::sqrt(share * (1 - share) / all);
    level.largest_class = 100 * largest;
    level.val_images = images.all;
  }
  level.at_chance_up_to = 100 * (share + sampling_error);
  return level;
}

}  // namespace staircase::analysis
