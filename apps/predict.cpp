#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/data/decode.h"
#include "staircase/data/folder_listing.h"
#include "staircase/interop/prepare_image.h"
#include "weights.h"

namespace staircase::apps {
namespace fs = std::filesystem;
namespace {

/// What was asked for: the images of files, folders and patterns, and the words that lead to none.
struct Inputs {
  std::vector<std::string> images;
  std::vector<std::string> faults;
  data::PassedOver passed_over;  ///< of folders
};

void add_folder(Inputs& inputs, const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().filename().string();
    if (data::has_image_extension(name)) found.push_back(entry.path().string());
    else if (!name.starts_with('.') && !data::is_left_behind(name))
      ++inputs.passed_over.left_out[data::kind_of_file(name)];
  }
  if (error) inputs.faults.push_back(folder + ": cannot be read: " + error.message());
  else if (found.empty()) inputs.faults.push_back(folder + ": holds no image file");
  std::sort(found.begin(), found.end());
  inputs.images.insert(inputs.images.end(), found.begin(), found.end());
}

void add_pattern(Inputs& inputs, const std::string& pattern) {
  glob_t matches{};
  const bool found = ::glob(pattern.c_str(), GLOB_BRACE | GLOB_TILDE, nullptr, &matches) == 0;
  const std::vector<std::string> paths(matches.gl_pathv, matches.gl_pathv + (found ? matches.gl_pathc : 0));
  ::globfree(&matches);
  const size_t before = inputs.images.size();
  for (const std::string& path : paths)
    if (data::has_image_extension(path)) inputs.images.push_back(path);
  if (inputs.images.size() > before) return;
  const bool is_pattern = pattern.find_first_of("*?[{") != std::string::npos;
  inputs.faults.push_back(pattern + (!is_pattern     ? ": no such file or folder"
                                     : paths.empty() ? ": no file matches this pattern"
                                                     : ": no image file matches this pattern"));
}

Inputs find_images(const Words& words) {
  Inputs inputs;
  std::error_code error;
  for (const std::string& word : words) {
    if (fs::is_directory(word, error)) add_folder(inputs, word);
    else if (fs::exists(word, error)) inputs.images.push_back(word);
    else add_pattern(inputs, word);
  }
  return inputs;
}

config::Json top_classes(const torch::Tensor& logits, int64_t count, const interop::ModelDescription& description) {
  const auto [probabilities, indices] = logits.softmax(1).topk(std::min(count, logits.size(1)), 1);
  config::Json top = config::Json::array();
  for (int64_t i = 0; i < indices.size(1); ++i) {
    const auto index = indices[0][i].item<int64_t>();
    top.push_back({{"class", class_name(description, index)},
                   {"index", index},
                   {"probability", probabilities[0][i].item<double>()}});
  }
  return top;
}

void print_predictions(const config::Json& predictions, int64_t image_size_px) {
  std::vector<std::vector<std::string>> rows;
  for (const config::Json& each : predictions)
    for (const config::Json& top : each["top"])
      rows.push_back({&top == &each["top"][0] ? each["image"].get<std::string>() : "", top["class"].get<std::string>(),
                      std::to_string(top["index"].get<int64_t>()),
                      decimals(100.0 * top["probability"].get<double>(), 1) + " %"});
  print_table({"image", "class", "index", "probability"}, {false, false, true, true}, rows);
  std::cout << "\nimage size " << image_size_px << " px\n";
}

/// The answers to all images that can be read; the faults of the others are added.
config::Json predict(const interop::ModelFile& file, Inputs& inputs, int64_t topk, torch::Device device) {
  const torch::NoGradGuard no_grad;
  const auto model = interop::build_model(file);
  model->to(device);
  config::Json predictions = config::Json::array();
  for (const std::string& path : inputs.images) {
    try {
      const torch::Tensor image = interop::prepare_file(path, file.description);
      const torch::Tensor logits = model->forward(image.to(device)).to(torch::kCPU);
      predictions.push_back({{"image", path},
                             {"image_size", file.description.data.image_size_px},
                             {"top", top_classes(logits, topk, file.description)}});
    } catch (const data::BadImage& error) {
      inputs.faults.emplace_back(error.what());
    } catch (const UnreadableFile& error) {
      inputs.faults.emplace_back(error.what());
    }
  }
  return predictions;
}

}  // namespace

int run_predict(const Words& words) {
  Arguments arguments(
      "predict", "The classes of images, most probable first. IMAGE: files, folders, or patterns in quotes.",
      "IMAGE...", "staircase predict --weights runs/photos/runs/RUN/weights.safetensors holiday.jpg 'more/*.png'");
  add_weights_options(arguments);
  add_image_size_option(arguments);
  arguments.options()("topk", "classes an image", cxxopts::value<int64_t>()->default_value("5"), "K")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE");
  if (!arguments.parse(words, 1, SIZE_MAX)) return 0;
  const auto topk = arguments.get<int64_t>("topk");
  if (topk < 1) throw RequestError("--topk: found " + std::to_string(topk) + ", allowed is an integer from 1");
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  const interop::ModelFile file = open_weights(arguments);
  if (file.description.model.in_channels != 3 && file.description.model.in_channels != 1)
    throw RequestError(arguments.get<std::string>("weights") + ": its network takes " +
                       std::to_string(file.description.model.in_channels) + " channels, images have 3 or 1");
  Inputs inputs = find_images(arguments.positional());
  const config::Json predictions = predict(file, inputs, topk, device);
  if (!predictions.empty()) {
    if (arguments.json()) print_json(predictions);
    else print_predictions(predictions, file.description.data.image_size_px);
  }
  const size_t wanted = predictions.size() + inputs.faults.size();
  if (inputs.faults.size() == 1 && wanted == 1) throw RequestError(inputs.faults.front());
  if (const std::string left_out = data::left_out_text(inputs.passed_over); !left_out.empty())
    print_warnings({left_out});
  print_warnings(inputs.faults);
  if (!inputs.faults.empty())
    throw RequestError(std::to_string(inputs.faults.size()) + " of " + std::to_string(wanted) +
                       " images could not be read");
  if (predictions.empty()) throw RequestError(join(arguments.positional()) + ": holds no image file");
  return 0;
}

}  // namespace staircase::apps
