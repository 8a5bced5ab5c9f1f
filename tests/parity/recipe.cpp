// What Staircase computes of a recipe, laid open to another implementation: tests/reference/recipe.py
// compares it with torch.optim and with Pillow. Reads one request a line from standard input, a JSON
// object {"task": TASK, "outputs": FILE, ...}, and answers "done" when the outputs are written.
//   optimizer  "recipe", "model", "images": a network in double takes all its steps with random gradients.
//              Outputs: "start.NAME", and for each step T "gradient.T.NAME" and "after.T.NAME".
//   average    the same request: the network's parameters and buffers are drawn anew for each step.
//              Outputs: "start.NAME", "model.T.NAME", "average.T.NAME".
//   schedule   "recipe", "images": "rates", the learning rate of every step.
//   losses     of 12 random images in 7 classes with smoothing .1: "images", "labels", "logits"; and for each
//              mix M (none, mixup, cutmix) "M.lambda", "M.box", "M.images", "M.targets", "M.loss".
//   operation  "operation", "value", "width", "height", "image" (a file): "pixels".
#include "parity/recipe.h"

#include <map>

#include "parity/requests.h"
#include "staircase/base/errors.h"
#include "staircase/data/decode.h"
#include "staircase/data/resize.h"
#include "support/operations.h"

namespace staircase::tests {

formats::TensorFile operated(const config::Json& request) {
  const auto operation = request.at("operation").get<std::string>();
  data::Image image = data::decode_image(request.at("image").get<std::string>());
  const auto resized = [&](config::Interpolation kind) {
    return data::resize(image, request.at("width").get<int>(), request.at("height").get<int>(), kind);
  };
  if (operation == "resize_bicubic") image = resized(config::Interpolation::bicubic);
  else if (operation == "resize_bilinear") image = resized(config::Interpolation::bilinear);
  else image = operations().at(operation)(image, request.at("value").get<double>());
  const torch::Tensor pixels =
      torch::from_blob(image.pixels.data(), {image.height, image.width, image.channels}, torch::kUInt8).clone();
  return {{{"pixels", pixels}}, {}};
}

namespace {

std::optional<formats::TensorFile> respond(const config::Json& request) {
  using Task = formats::TensorFile (*)(const config::Json&);
  const std::map<std::string, Task> tasks{{"optimizer", optimizer_steps},
                                          {"average", average_steps},
                                          {"schedule", schedule_rates},
                                          {"losses", losses},
                                          {"operation", operated}};
  const auto task = tasks.find(request.at("task").get<std::string>());
  if (task == tasks.end()) throw RequestError("no task is called " + request.at("task").dump());
  return task->second(request);
}

}  // namespace
}  // namespace staircase::tests

int main() { return staircase::tests::answer_requests("parity_recipe", staircase::tests::respond); }
