#include <algorithm>
#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "experiment.h"
#include "output_place.h"
#include "preview_picture.h"
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/data/contact_sheet.h"
#include "staircase/experiment/design.h"
#include "staircase/runs/run_weights.h"
#include "staircase/train/preview.h"
#include "weights.h"

namespace staircase::apps {
namespace {

/// The configuration of that name in the experiment's table; no name: the first row, which is the base.
experiment::Variant find_variant(const experiment::Experiment& experiment, const Arguments& arguments) {
  const int64_t of_data = 0;  // classes and channels decide nothing of the images
  const std::vector<experiment::Variant> variants = experiment::design_variants(experiment, of_data, of_data).variants;
  if (!arguments.has("variant")) return variants.front();
  const auto wanted = arguments.get<std::string>("variant");
  const size_t most_named = 20;
  std::vector<std::string> names;
  for (const experiment::Variant& variant : variants) {
    if (variant.name == wanted) return variant;
    names.push_back(variant.name);
  }
  throw RequestError("--variant: \"" + wanted + "\" is no configuration of " + experiment.source +
                     did_you_mean(wanted, names) + "; it has " + some_of(names, most_named));
}

const char* mix_name(train::Mix::Kind kind) {
  switch (kind) {
    case train::Mix::Kind::mixup: return "mixup";
    case train::Mix::Kind::cutmix: return "cutmix";
    default: return "none";
  }
}

config::Json to_json(const train::TrainingImage& image, const std::vector<std::string>& classes) {
  config::Json labels = config::Json::array();
  for (const train::WeightedLabel& label : image.labels)
    labels.push_back({{"class", classes.at(label.index)}, {"index", label.index}, {"weight", label.weight}});
  config::Json shown = {{"mix", mix_name(image.mix)}, {"labels", labels}};
  if (image.masked)
    shown["shows"] = image.filled_in ? config::Json{"image", "masked", "filled_in"} : config::Json{"image", "masked"};
  return shown;
}

int64_t tiles_an_image(const Arguments& arguments, const config::Configuration& configuration) {
  const bool masks = configuration.recipe.task == config::TaskKind::masked_autoencoding;
  return 1 + (masks ? 1 : 0) + (arguments.has("weights") ? 1 : 0);
}

/// The weights that fill hidden cells in; none: empty.
std::filesystem::path weights_of(const Arguments& arguments, const config::Configuration& configuration) {
  if (!arguments.has("weights")) return {};
  if (configuration.recipe.task != config::TaskKind::masked_autoencoding)
    throw RequestError(
        "--weights: fills in what /recipe/task masked_autoencoding hides, and /recipe/task is classification here");
  return runs::find_weights(arguments.get<std::string>("weights"));
}

}  // namespace

int run_preview(const Words& words) {
  Arguments arguments(
      "preview",
      "Writes a picture of the training images as the network will see them: cropped, augmented, erased\n"
      "and mixed, in the order of a run with the experiment's first seed, with their classes under them.\n"
      "Of masked autoencoding also what is hidden of each, and with --weights what the trained network fills in.",
      "CONFIG", "staircase preview experiments/quickstart.json --variant modern_recipe --out preview.png");
  arguments.options()("out", "the picture to write", cxxopts::value<std::string>(), "FILE.png")(
      "variant", "a configuration, by its name in the experiment's table (default: the first)",
      cxxopts::value<std::string>(), "NAME")("images", "how many", cxxopts::value<int64_t>()->default_value("32"), "N")(
      "weights", "of a run of masked autoencoding, a file or DIR:ROW@SEED, to fill in what is hidden",
      cxxopts::value<std::string>(),
      "FILE")("epoch", "whose first images are shown, from 1", cxxopts::value<int64_t>()->default_value("1"), "E");
  add_set_option(arguments);
  if (!arguments.parse(words, 1, 1)) return 0;
  arguments.need({"out"});
  const auto out = arguments.get<std::string>("out");
  if (!out.ends_with(".png")) throw RequestError("--out " + out + ": is written as PNG, so its name ends in .png");
  check_output(out, "--out");
  const experiment::Experiment experiment = read_experiment(arguments);
  const experiment::Variant variant = find_variant(experiment, arguments);
  const int64_t size = variant.configuration.data.image_size_px;
  const int64_t images =
      arguments.bounded("images", data::most_tiles(size) / tiles_an_image(arguments, variant.configuration),
                        " of " + std::to_string(size) + " px in one picture");
  const int64_t epoch = arguments.bounded("epoch", variant.configuration.recipe.epochs);

  const std::filesystem::path weights = weights_of(arguments, variant.configuration);
  const train::TrainJob job = preview_job(variant.configuration, experiment.options.seeds.front(), experiment.source);
  auto previewed = train::preview_images(job, epoch - 1, images, print_warning, weights);
  config::Json list = config::Json::array();
  for (const train::TrainingImage& image : previewed) list.push_back(to_json(image, job.data.class_names));
  write_file_atomically(out, data::encode_png(preview_picture(std::move(previewed), job.data.class_names)));
  if (arguments.json())
    print_json(
        {{"file", out}, {"configuration", variant.name}, {"seed", job.seed}, {"epoch", epoch}, {"images", list}});
  else
    std::cout << out << ": the first " << images << " images of epoch " << epoch << " of " << variant.name << ", seed "
              << job.seed << "\n";
  return 0;
}

}  // namespace staircase::apps
