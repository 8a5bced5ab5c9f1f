// What Staircase computes, laid open to another implementation: tests/reference/parity.py compares
// it with PyTorch's modules. Reads one request a line from standard input, a JSON object
//   {"task": "logits" or "gradients", "model": MODEL, "weights": FILE, "inputs": FILE, "outputs": FILE}
//   {"task": "shapes", "model": MODEL, "outputs": FILE}
//   {"task": "command", "words": [WORD...]}
// and answers "done" when the outputs are written, so that one process serves any number of models.
// MODEL is what a config has under /model; the weights carry our parameter names, all of them.
//   logits      evaluation mode, float: outputs[NAME] = logits of inputs[NAME], for every NAME.
//   gradients   training mode without drop path, double: the loss is the sum of
//               logits(inputs["images"]) * inputs["direction"]. The outputs are "logits", each
//               parameter's gradient under its name, and each buffer as the pass left it.
//   shapes      the outputs are the sizes of every parameter and buffer, under its name.
//   command     what `staircase WORD...` does, which must end with status 0.
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "apps/program.h"
#include "parity/requests.h"
#include "staircase/base/errors.h"
#include "staircase/nn/classifier.h"
#include "staircase/nn/libtorch.h"
#include "staircase/plan/named_models.h"

namespace staircase::tests {
namespace {

std::map<std::string, torch::Tensor> read_tensors(const std::string& path) {
  const formats::TensorFile file = formats::read_weights(path);
  return {file.tensors.begin(), file.tensors.end()};
}

/// Strict: names and shapes must be the model's own, none may be missing or left over.
void load_weights(nn::Classifier& model, const std::string& path) {
  const torch::NoGradGuard no_grad;
  auto tensors = read_tensors(path);
  for (auto& item : nn::named_state(model)) {
    const auto found = tensors.find(item.name);
    if (found == tensors.end()) throw RequestError(path + ": " + item.name + " is missing");
    if (found->second.sizes() != item.tensor.sizes())
      throw RequestError(path + ": " + item.name + " is of another shape than the model's");
    item.tensor.copy_(found->second);
    tensors.erase(found);
  }
  if (!tensors.empty()) throw RequestError(path + ": the model has no " + tensors.begin()->first);
}

formats::TensorFile logits(nn::Classifier& model, const std::string& inputs) {
  const torch::NoGradGuard no_grad;
  model.eval();
  formats::TensorFile outputs;
  for (const auto& [name, images] : read_tensors(inputs)) outputs.tensors.emplace_back(name, model.forward(images));
  return outputs;
}

formats::TensorFile gradients(nn::Classifier& model, const std::string& inputs) {
  const auto given = read_tensors(inputs);
  model.to(torch::kDouble);
  model.train();
  const torch::Tensor output = model.forward(given.at("images"));
  (output * given.at("direction")).sum().backward();
  formats::TensorFile outputs;
  outputs.tensors.emplace_back("logits", output.detach());
  for (const auto& item : nn::named_state(model)) {
    if (item.is_parameter && !item.tensor.grad().defined()) throw RequestError(item.name + " got no gradient");
    outputs.tensors.emplace_back(item.name, item.is_parameter ? item.tensor.grad() : item.tensor);
  }
  return outputs;
}

formats::TensorFile shapes(const nn::Classifier& model) {
  formats::TensorFile outputs;
  for (const auto& item : nn::named_state(model))
    outputs.tensors.emplace_back(item.name, torch::tensor(item.tensor.sizes().vec(), torch::kLong));
  return outputs;
}

/// stdout is for the answers, so what the command prints there is dropped.
void run_command(const apps::Words& words) {
  std::ostringstream dropped;
  std::streambuf* const answers = std::cout.rdbuf(dropped.rdbuf());
  const int status = apps::run_program(words, apps::computing_here());
  std::cout.rdbuf(answers);
  if (status != 0) throw RequestError("staircase " + words.at(0) + " ended with status " + std::to_string(status));
}

std::optional<formats::TensorFile> respond(const config::Json& request) {
  if (request.at("task") == "command") {
    run_command(request.at("words").get<apps::Words>());
    return std::nullopt;
  }
  if (request.at("task") == "shapes")
    return shapes(nn::Classifier(plan::read_model(request.at("model"), {"request", "/model"}).options));
  const std::string task = request.at("task"), inputs = request.at("inputs");
  nn::Classifier model(plan::read_model(request.at("model"), {"request", "/model"}).options);
  load_weights(model, request.at("weights"));
  if (task != "logits" && task != "gradients") throw RequestError("no task is called " + task);
  return task == "logits" ? logits(model, inputs) : gradients(model, inputs);
}

}  // namespace
}  // namespace staircase::tests

int main() { return staircase::tests::answer_requests("parity", staircase::tests::respond); }
