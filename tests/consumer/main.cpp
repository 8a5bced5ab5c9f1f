// Builds a network, writes and loads its weights, and exports it: what a program with Staircase does.
#include <iostream>

#include "staircase/interop/torchscript.h"
#include "staircase/nn/initialize.h"

using namespace staircase;

int main() {
  plan::NamedModel named = plan::find_model("convnext_tiny", {"main.cpp", ""});
  named.options.width_factor = 0.125;  // any field of ModelOptions
  named.options.num_classes = 4;
  nn::Classifier model(named.options);
  nn::initialize(model, /*seed=*/0);
  interop::write_model_file("weights.safetensors", model, {}, {"cat", "dog", "emu", "fox"}, "raw");

  const interop::ModelFile file = interop::open_model_file("weights.safetensors");
  const auto loaded = interop::build_model(file);
  const torch::Tensor logits = loaded->forward(torch::randn({2, 3, 64, 96}));
  const auto report = interop::export_torchscript(*loaded, file.description, "model.pt");
  std::cout << logits.size(0) << " images, " << file.description.class_names.size() << " classes, verified at "
            << report.verified_shapes.size() << " shapes\n";
}
