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
#include "staircase/data/operations.h"
#include "staircase/data/transforms.h"
#include "weights.h"

namespace staircase::apps {
namespace fs = std::filesystem;
namespace {

/// An image to classify. One that was named itself must be readable; one that a folder or a pattern
/// brought is passed over with a warning when it is not.
struct Input {
  std::string path;
  bool named = false;
};

void add_folder(std::vector<Input>& inputs, const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error))
    if (entry.is_regular_file() && data::has_image_extension(entry.path().native()))
      found.push_back(entry.path().string());
  if (error) throw RequestError(folder + ": cannot be read: " + error.message());
  if (found.empty()) throw RequestError(folder + ": holds no .jpg, .jpeg or .png file");
  std::sort(found.begin(), found.end());
  for (const std::string& path : found) inputs.push_back({path, false});
}

void add_pattern(std::vector<Input>& inputs, const std::string& pattern) {
  glob_t matches{};
  const bool found = ::glob(pattern.c_str(), GLOB_BRACE | GLOB_TILDE, nullptr, &matches) == 0;
  const std::vector<std::string> paths(matches.gl_pathv, matches.gl_pathv + (found ? matches.gl_pathc : 0));
  ::globfree(&matches);
  if (paths.empty()) throw RequestError(pattern + ": no such file or folder");
  for (const std::string& path : paths)
    if (data::has_image_extension(path)) inputs.push_back({path, false});
}

std::vector<Input> find_images(const Words& words) {
  std::vector<Input> inputs;
  std::error_code error;
  for (const std::string& word : words) {
    if (fs::is_directory(word, error)) add_folder(inputs, word);
    else if (fs::exists(word, error)) inputs.push_back({word, true});
    else add_pattern(inputs, word);
  }
  return inputs;
}

void pass_over(const Input& input, const std::exception& error) {
  if (input.named) throw RequestError(error.what());
  print_warning(error.what());
}

data::Image one_channel(const data::Image& color) {
  const data::Image gray = data::adjust_color(color, 0.0);
  data::Image single(gray.width, gray.height, 1);
  for (size_t i = 0; i < single.pixels.size(); ++i) single.pixels[i] = gray.pixels[3 * i];
  return single;
}

/// (1, C, S, S), prepared as evaluation does. Throws data::BadImage.
torch::Tensor read_image(const std::string& path, const interop::ModelDescription& description) {
  const auto size = static_cast<int>(description.data.image_size_px);
  data::Image image = data::eval_transform(data::decode_image(path), size, description.recipe);
  if (description.model.in_channels == 1) image = one_channel(image);
  torch::Tensor pixels = torch::empty({1, size, size, image.channels});
  data::normalize(image, description.data, pixels.data_ptr<float>());
  return pixels.permute({0, 3, 1, 2});
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

void print_predictions(const config::Json& predictions) {
  std::vector<std::vector<std::string>> rows;
  for (const config::Json& each : predictions)
    for (const config::Json& top : each["top"])
      rows.push_back({&top == &each["top"][0] ? each["image"].get<std::string>() : "", top["class"].get<std::string>(),
                      decimals(100.0 * top["probability"].get<double>(), 1) + " %"});
  print_table({"image", "class", "probability"}, {false, false, true}, rows);
}

}  // namespace

int run_predict(const Words& words) {
  Arguments arguments(
      "predict", "The classes of images, most probable first. IMAGE: files, folders, or patterns in quotes.",
      "IMAGE...", "staircase predict --weights runs/photos/runs/RUN/weights.safetensors holiday.jpg 'more/*.png'");
  add_weights_options(arguments);
  arguments.options()("topk", "classes an image", cxxopts::value<int64_t>()->default_value("5"), "K")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE");
  if (!arguments.parse(words, 1, SIZE_MAX)) return 0;
  const auto topk = arguments.get<int64_t>("topk");
  if (topk < 1) throw RequestError("--topk: found " + std::to_string(topk) + ", allowed is an integer from 1");
  const torch::Device device = parse_device(arguments.get<std::string>("device"));
  const std::vector<Input> inputs = find_images(arguments.positional());
  const interop::ModelFile file = open_weights(arguments, "predict");
  if (file.description.model.in_channels != 3 && file.description.model.in_channels != 1)
    throw RequestError(arguments.get<std::string>("weights") + ": its network takes " +
                       std::to_string(file.description.model.in_channels) + " channels, images have 3 or 1");
  const auto model = interop::build_model(file);
  model->to(device);
  const torch::NoGradGuard no_grad;
  config::Json predictions = config::Json::array();
  for (const Input& input : inputs) {
    try {
      const torch::Tensor logits = model->forward(read_image(input.path, file.description).to(device)).to(torch::kCPU);
      predictions.push_back({{"image", input.path}, {"top", top_classes(logits, topk, file.description)}});
    } catch (const data::BadImage& error) {
      pass_over(input, error);
    } catch (const UnreadableFile& error) {
      pass_over(input, error);
    }
  }
  if (predictions.empty()) throw RequestError(join(arguments.positional()) + ": not one image could be read");
  if (arguments.json()) print_json(predictions);
  else print_predictions(predictions);
  return 0;
}

}  // namespace staircase::apps
