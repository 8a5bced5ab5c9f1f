// Names and shapes of other implementations. tests/reference/round_trips.py holds them to torchvision itself.
#include "staircase/interop/key_layout.h"

#include <map>

#include "interop/named_tensors.h"
#include "staircase/base/errors.h"
#include "staircase/config/codec.h"
#include "staircase/interop/convert_keys.h"
#include "staircase/plan/named_models.h"
#include "support/catch.h"
#include "support/refusal.h"

namespace key_layout_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::interop;
using tests::by_name;
using tests::equal;
using tests::tensors_of;

namespace {

config::ModelOptions small(const std::string& name) {
  config::ModelOptions options = plan::find_model(name, {"test", ""}).options;
  options.width_factor = 0.125;
  options.num_classes = 5;
  options.in_channels = 3;
  return options;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("Every layout that names a network brings its tensors back to the bit", "[interop]") {
  for (const auto& [name, layouts] : std::map<std::string, std::vector<KeyLayout>>{
           {"resnet50", {KeyLayout::staircase, KeyLayout::torchvision, KeyLayout::timm}},
           {"convnext_tiny", {KeyLayout::staircase, KeyLayout::torchvision, KeyLayout::timm, KeyLayout::official}},
           {"convnext_isotropic_large", {KeyLayout::staircase, KeyLayout::official}}}) {
    const config::ModelOptions options = small(name);
    const TensorFile own = tensors_of(options);
    for (KeyLayout layout : layouts) {
      INFO(name << " " << config::to_name(layout));
      const TensorFile theirs = from_staircase(own, options, layout);
      CHECK(theirs.tensors.size() == own.tensors.size());
      // timm shares torchvision's names of a ResNet.
      const bool shared = name == "resnet50" && layout == KeyLayout::timm;
      CHECK(find_layout(theirs) == (shared ? KeyLayout::torchvision : layout));
      CHECK(equal(to_staircase(theirs, options, layout, "test"), own));
    }
  }
}

TEST_CASE("A network is told from the tensors of another implementation", "[interop]") {
  for (const char* name : {"resnet50", "resnet101", "resnet152", "convnext_tiny", "convnext_small",
                           "convnext_isotropic_small", "convnext_isotropic_large"}) {
    INFO(name);
    config::ModelOptions options = small(name);
    for (KeyLayout layout : {KeyLayout::torchvision, KeyLayout::official}) {
      const bool resnet = std::string(name).starts_with("resnet"), isotropic = contains(name, "isotropic");
      if ((layout == KeyLayout::official && resnet) || (layout == KeyLayout::torchvision && isotropic)) continue;
      config::ModelOptions guessed = guess_model(from_staircase(tensors_of(options), options, layout), layout, "test");
      CHECK(guessed.width == options.width.values[0] / 8);
      guessed.width = options.width;
      guessed.width_factor = options.width_factor;
      for (const auto& difference : config::diff_options(guessed, options))
        FAIL_CHECK(difference.pointer << " " << difference.a << " " << difference.b);
    }
  }
}

TEST_CASE("A network off the families is refused by the field that keeps it out", "[interop]") {
  const auto rung = small("resnet50-convnext_tiny/gelu");
  CHECK(contains(tests::refusal([&] { map_keys(rung, KeyLayout::timm); }), "/model/"));
  CHECK(contains(tests::refusal([&] { map_keys(small("resnet50"), KeyLayout::official); }),
                 "the layout official has no names for a ResNet; use torchvision, timm or staircase"));
  CHECK_NOTHROW(map_keys(rung, KeyLayout::staircase));
}

TEST_CASE("Missing, unexpected and misshapen tensors are listed, 20 at most", "[interop]") {
  const config::ModelOptions options = small("resnet50");
  TensorFile file = from_staircase(tensors_of(options), options, KeyLayout::torchvision);
  TensorFile few = file;
  few.tensors.resize(2);
  few.tensors.emplace_back("extra", torch::zeros({1}));
  const std::string text = tests::refusal([&] { to_staircase(few, options, KeyLayout::torchvision, "few.pth"); });
  CHECK(text.starts_with("few.pth: "));
  CHECK(contains(text, "bn1.bias"));
  CHECK(contains(text, "more; unexpected extra"));
  for (auto& [name, tensor] : file.tensors)
    if (name == "layer1.0.conv1.weight") tensor = torch::zeros({3, 3});
  CHECK(contains(tests::refusal([&] { to_staircase(file, options, KeyLayout::torchvision, "f"); }),
                 "layer1.0.conv1.weight [3, 3] instead of [8, 8, 1, 1]"));
}

TEST_CASE("A head of another size is refused, and left out when a fresh one is asked for", "[interop]") {
  config::ModelOptions options = small("convnext_tiny");
  const TensorFile file = from_staircase(tensors_of(options), options, KeyLayout::timm);
  options.num_classes = 7;
  const std::string text = tests::refusal(
      [&] { to_staircase(file, options, KeyLayout::timm, "f", Head::from_file, "the way out is to the left"); });
  CHECK(contains(text, "head.fc.weight [5, 96] instead of [7, 96]"));
  CHECK(text.ends_with("; the way out is to the left"));
  const TensorFile loaded = to_staircase(file, options, KeyLayout::timm, "f", Head::fresh);
  CHECK(loaded.tensors.size() == file.tensors.size() - 2);
  CHECK(by_name(loaded).count("head.linear.weight") == 0);
}

TEST_CASE("Files from before BatchNorm counted its batches are read", "[interop]") {
  const config::ModelOptions options = small("resnet50");
  TensorFile file;
  for (const auto& [name, tensor] : from_staircase(tensors_of(options), options, KeyLayout::torchvision).tensors)
    if (!name.ends_with("num_batches_tracked")) file.tensors.emplace_back(name, tensor);
  const auto loaded = by_name(to_staircase(file, options, KeyLayout::torchvision, "f"));
  CHECK(loaded.at("stem.norm.num_batches_tracked").item<int64_t>() == 0);
}

TEST_CASE("Half, bfloat16 and double weights are converted to the network's type", "[interop]") {
  const config::ModelOptions options = small("convnext_tiny");
  const TensorFile own = tensors_of(options);
  for (torch::ScalarType type : {torch::kHalf, torch::kBFloat16, torch::kDouble}) {
    TensorFile other = own;
    for (auto& [name, tensor] : other.tensors) tensor = tensor.to(type);
    nn::Classifier model(options);
    copy_into(model, to_staircase(other, options, KeyLayout::staircase, "f"));
    const auto loaded = model.named_parameters()["stem.conv.weight"];
    CHECK(loaded.scalar_type() == torch::kFloat);
    CHECK(loaded.equal(by_name(other).at("stem.conv.weight").to(torch::kFloat)));
  }
}

}  // namespace key_layout_test
