#include "staircase/train/job.h"

#include <bit>

#include "staircase/base/errors.h"
#include "staircase/config/recipes.h"
#include "staircase/data/micro_batches.h"
#include "staircase/plan/masked_autoencoder.h"
#include "staircase/plan/plan.h"
#include "staircase/train/start.h"

namespace staircase::train {
namespace {

/// The images of a forward pass are in memory at once, whatever the batch.
void check_memory(const config::Configuration& c, int64_t channels, const std::string& source) {
  const bool whole = c.recipe.micro_batch_size == 0;
  const int64_t images = whole ? c.recipe.batch_size : c.recipe.micro_batch_size;
  const double side = static_cast<double>(c.data.image_size_px), most_gib = 256;
  const double gib = static_cast<double>(images * channels) * side * side * sizeof(float) / (1 << 30);
  if (gib <= most_gib) return;
  throw config::ConfigError({source, whole ? "/recipe/batch_size" : "/recipe/micro_batch_size"},
                            std::to_string(images) + " images a forward pass with /data/image_size_px " +
                                std::to_string(c.data.image_size_px) + " take " +
                                std::to_string(static_cast<int64_t>(gib)) + " GiB, allowed are at most " +
                                std::to_string(static_cast<int64_t>(most_gib)) +
                                (whole ? ", see /recipe/micro_batch_size" : ""));
}

}  // namespace

void check_batch_size(const TrainJob& job, const std::string& source) {
  const config::RecipeOptions& recipe = job.configuration.recipe;
  const auto images = static_cast<int64_t>(job.data.train->size());
  const config::Place place{source, "/recipe/batch_size"};
  if (images < recipe.batch_size)
    throw config::ConfigError(place, "found " + std::to_string(recipe.batch_size) + ", allowed is at most " +
                                         std::to_string(images) + ", the number of training images");
  // A smaller micro-batch is refused by check_recipe, whatever the norm.
  if (job.configuration.model.norm == config::Norm::batch && recipe.batch_size < 2)
    throw config::ConfigError(place, "1 cannot go with /model/norm batch, which needs at least 2 images a step");
}

void check_processes(const config::RecipeOptions& recipe, int64_t processes, const std::string& source) {
  if (processes == 1) return;
  const bool whole = recipe.micro_batch_size == 0;
  const int64_t micro_batches = data::count_micro_batches(recipe.batch_size, recipe.micro_batch_size);
  int64_t most = 1;
  while (micro_batches % (2 * most) == 0) most *= 2;
  const std::string together = std::to_string(processes) + " processes";
  if (!std::has_single_bit(static_cast<uint64_t>(processes)))
    throw RequestError(
        "--processes: found " + std::to_string(processes) +
        ", allowed are 1, 2, 4, 8 and so on, which share a step's micro-batches as the halves of halves" +
        (whole ? "" : ", at most " + std::to_string(most) + " here"));
  if (processes <= most) return;
  const config::Place place{source, "/recipe/micro_batch_size"};
  const int64_t largest = recipe.batch_size / processes;
  const bool fits = largest * processes == recipe.batch_size && largest % 2 == 0;
  const std::string allowed = fits ? "; allowed is at most " + std::to_string(largest) : std::string();
  if (whole)
    throw config::ConfigError(place, "0, which is the whole batch, cannot go with " + together +
                                         ", each of which takes micro-batches of its own" + allowed);
  throw config::ConfigError(place, std::to_string(recipe.micro_batch_size) + " makes " + std::to_string(micro_batches) +
                                       (micro_batches == 1 ? " micro-batch of" : " micro-batches of") +
                                       " /recipe/batch_size " + std::to_string(recipe.batch_size) + ", which " +
                                       together + " cannot share; at most " + std::to_string(most) + " can" +
                                       (allowed.empty() ? "" : ", or with " + together + allowed.substr(1)));
}

void check_job(const TrainJob& job, const std::string& source) {
  const config::Configuration& c = job.configuration;
  config::check_recipe(c.recipe, {source, "/recipe"});
  plan::count_layers(plan::plan_model(c.model), c.data.image_size_px);
  if (c.recipe.task == config::TaskKind::masked_autoencoding) plan::check_masked_autoencoding(c, source);
  read_initial_weights(c.init, c.model, job.data.class_names);
  check_batch_size(job, source);
  const auto classes = static_cast<int64_t>(job.data.class_names.size());
  if (classes != c.model.num_classes || job.data.channels != c.model.in_channels)
    throw config::ConfigError({source, "/data"},
                              "has " + std::to_string(classes) + " classes and " + std::to_string(job.data.channels) +
                                  " channels, but the network is made for " + std::to_string(c.model.num_classes) +
                                  " and " + std::to_string(c.model.in_channels));
  check_memory(c, job.data.channels, source);
}

}  // namespace staircase::train
