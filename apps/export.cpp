#include <iostream>

#include "arguments.h"
#include "console.h"
#include "device.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/interop/torchscript.h"
#include "staircase/nn/initialize.h"
#include "weights.h"

namespace staircase::apps {
namespace {

std::string shapes_text(const std::vector<std::vector<int64_t>>& shapes) {
  std::vector<std::string> texts;
  for (const auto& shape : shapes) {
    std::vector<std::string> sizes;
    for (int64_t size : shape) sizes.push_back(std::to_string(size));
    texts.push_back(join(sizes, "x"));
  }
  return join(texts);
}

using Exported = std::pair<std::shared_ptr<nn::Classifier>, interop::ModelDescription>;

Exported trained(const Arguments& arguments) {
  const interop::ModelFile file = open_weights(arguments);
  return {interop::build_model(file), file.description};
}

/// Without weights a network is exported as its initialization leaves it: for measuring its speed elsewhere.
Exported untrained(const Arguments& arguments) {
  if (!arguments.has("model")) throw RequestError("export: needs --weights, or --model alone for an untrained network");
  interop::ModelDescription description;
  auto model = std::make_shared<nn::Classifier>(plan::model_from_argument(arguments.get<std::string>("model")).options);
  nn::initialize(*model, 0);
  description.model = model->options();
  const int64_t imagenet_size_px = 224;
  description.data.image_size_px = image_size_option(arguments).value_or(imagenet_size_px);
  return {model, description};
}

/// What loads the file in Python and calls it.
std::string python_lines(const std::string& file, const interop::ModelDescription& description, bool preprocessing) {
  const std::string size = std::to_string(description.data.image_size_px);
  std::string text = "import json, torch\n";
  if (preprocessing) text += "from PIL import Image, ImageOps  # the package pillow; numpy is not needed\n";
  text += "extra = {\"classes.json\": \"\"}\nmodel = torch.jit.load(" + config::Json(file).dump() +
          ", _extra_files=extra)\n";
  text += preprocessing ? "image = ImageOps.exif_transpose(Image.open(\"photo.jpg\")).convert(\"RGB\")\n"
                          "pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)\n"
                          "images = pixels.reshape(image.height, image.width, 3)  # several of one size: (N, H, W, 3)\n"
                        : "images = torch.zeros(1, " + std::to_string(description.model.in_channels) + ", " + size +
                              ", " + size + ")  # float, normalized as normalization.json in the file says\n";
  text +=
      "with torch.no_grad():\n    probabilities = model(images).softmax(1)[0]\n"
      "best = int(probabilities.argmax())\nnames = json.loads(extra[\"classes.json\"])\n"
      "print(names[best] if names else best, float(probabilities[best]))\n";
  return text;
}

}  // namespace

int run_export(const Words& words) {
  Arguments arguments("export", "A network as TorchScript, compared with the original after writing.", "",
                      "staircase export --weights runs/photos:gelu@0 --out photos.pt --include-preprocessing");
  add_weights_options(arguments);
  add_image_size_option(arguments);
  arguments.options()("out", "the file to write", cxxopts::value<std::string>(), "FILE.pt")(
      "precision", "of the numbers, where the device computes in it",
      cxxopts::value<std::string>()->default_value("fp32"),
      "fp32|bf16|fp16")("include-preprocessing",
           "resize, crop and normalize inside: take uint8 pixels (H, W, 3) of any size, as predict reads files")(
      "freeze", "parameters become constants, norms are folded into convolutions")(
      "device", "cpu, cuda or cuda:N", cxxopts::value<std::string>()->default_value("cpu"), "DEVICE");
  if (!arguments.parse(words, 0, 0)) return 0;
  arguments.need({"out"});
  const auto out = arguments.get<std::string>("out");
  if (!out.ends_with(".pt"))
    throw RequestError("--out " + out + ": is written as TorchScript, so its name ends in .pt");
  check_output(out, "--out");
  interop::ExportOptions options;
  options.precision =
      config::Codec<interop::ExportPrecision>::read(arguments.get<std::string>("precision"), {"", "--precision"}, {});
  options.include_preprocessing = arguments.has("include-preprocessing");
  options.freeze = arguments.has("freeze");
  options.device = parse_device(arguments.get<std::string>("device"));
  const auto [model, description] = arguments.has("weights") ? trained(arguments) : untrained(arguments);
  const std::string name = model_name(description.model);
  const interop::ExportReport report = interop::export_torchscript(*model, description, out, options);
  if (arguments.json())
    print_json({{"model", name},
                {"file", out},
                {"precision", config::to_name(options.precision)},
                {"max_abs_diff", report.max_abs_diff},
                {"max_abs_diff_fp32", report.max_abs_diff_fp32},
                {"bound", report.bound},
                {"verified_shapes", report.verified_shapes}});
  else
    std::cout << out << ": " << name << ", verified at " << shapes_text(report.verified_shapes)
              << ", largest difference of a logit " << config::Json(report.max_abs_diff).dump() << " (allowed "
              << config::Json(report.bound).dump() << ")\n\nIn Python:\n\n"
              << python_lines(out, description, options.include_preprocessing);
  return 0;
}

}  // namespace staircase::apps
