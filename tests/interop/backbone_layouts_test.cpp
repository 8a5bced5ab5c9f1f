// Transformers, ConvNeXt V2 and PoolFormer under the names that their own code gives them.
#include <map>

#include "interop/named_tensors.h"
#include "staircase/config/codec.h"
#include "staircase/formats/safetensors.h"
#include "staircase/interop/convert_keys.h"
#include "staircase/interop/derived_tensors.h"
#include "staircase/interop/model_file.h"
#include "staircase/nn/position_embedding.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"

namespace backbone_layouts_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::interop;
using tests::by_name;
using tests::equal;
using tests::tensors_of;

namespace {

/// At an eighth of the width, where the heads stay as many, with shallow stages.
config::ModelOptions small(const std::string& name) {
  config::ModelOptions options = plan::find_model(name, {"test", ""}).options;
  const auto narrow = [](int64_t width) { return width / 8; };
  for (int64_t& width : options.width.values) width = narrow(width);
  options.stem_width = narrow(options.stem_width);
  if (options.head_dim >= 8) options.head_dim = narrow(options.head_dim);
  for (int64_t& depth : options.depths) depth = std::min<int64_t>(depth, 2);
  options.num_classes = 5;
  options.in_channels = 3;
  if (plan::has_position_table(options)) options.image_size_px = 224;
  return options;
}

struct Named {
  const char* model;
  KeyLayout layout;
  std::vector<std::pair<const char*, std::vector<int64_t>>> some;  ///< names that its own code has, with shapes
};

const std::vector<Named>& named_tensors() {
  static const std::vector<Named> all{
      {"deit_small",
       KeyLayout::timm,
       {{"cls_token", {1, 1, 48}},
        {"pos_embed", {1, 197, 48}},
        {"patch_embed.proj.weight", {48, 3, 16, 16}},
        {"blocks.1.norm1.weight", {48}},
        {"blocks.1.attn.qkv.weight", {144, 48}},
        {"blocks.1.attn.proj.bias", {48}},
        {"blocks.0.mlp.fc1.weight", {192, 48}},
        {"norm.weight", {48}},
        {"head.weight", {5, 48}}}},
      {"deit_small",
       KeyLayout::torchvision,
       {{"class_token", {1, 1, 48}},
        {"encoder.pos_embedding", {1, 197, 48}},
        {"encoder.layers.encoder_layer_1.self_attention.in_proj_weight", {144, 48}},
        {"encoder.layers.encoder_layer_1.self_attention.out_proj.weight", {48, 48}},
        {"encoder.layers.encoder_layer_0.mlp.3.weight", {48, 192}},
        {"heads.head.bias", {5}}}},
      {"deit3_small", KeyLayout::official, {{"blocks.0.gamma_1", {48}}, {"pos_embed", {1, 196, 48}}}},
      {"deit3_small", KeyLayout::timm, {{"blocks.0.ls2.gamma", {48}}}},
      {"vit_small_gap", KeyLayout::timm, {{"pos_embed", {1, 196, 48}}, {"norm.weight", {48}}}},
      {"swin_tiny",
       KeyLayout::timm,
       {{"layers.1.downsample.reduction.weight", {24, 48}},
        {"layers.0.blocks.1.attn.relative_position_bias_table", {169, 3}},
        {"layers.3.blocks.0.mlp.fc2.weight", {96, 384}},
        {"head.fc.weight", {5, 96}}}},
      {"swin_tiny",
       KeyLayout::official,
       {{"layers.0.downsample.reduction.weight", {24, 48}},
        {"layers.0.blocks.1.attn.relative_position_index", {49, 49}},
        {"patch_embed.norm.weight", {12}},
        {"head.weight", {5, 96}}}},
      {"swin_tiny",
       KeyLayout::torchvision,
       {{"features.0.2.weight", {12}},
        {"features.2.reduction.weight", {24, 48}},
        {"features.1.0.attn.relative_position_index", {2401}},
        {"features.7.1.mlp.0.weight", {384, 96}}}},
      {"convnextv2_atto", KeyLayout::timm, {{"stages.0.blocks.0.mlp.grn.weight", {20}}}},
      {"convnextv2_atto", KeyLayout::official, {{"stages.0.0.grn.gamma", {1, 1, 1, 20}}}},
      {"poolformer_s12",
       KeyLayout::official,
       {{"network.0.1.layer_scale_1", {8}},
        {"network.1.proj.weight", {16, 8, 3, 3}},
        {"network.4.0.mlp.fc1.weight", {160, 40, 1, 1}},
        {"norm.weight", {64}}}},
      {"resnext50_32x4d", KeyLayout::torchvision, {{"layer1.0.conv2.weight", {16, 16 / 4, 3, 3}}}}};
  return all;
}

config::ModelOptions options_of(const Named& named) {
  config::ModelOptions options = small(named.model);
  if (options.spatial == config::Spatial::grouped) options.groups = 4;  // of an eighth of the width
  return options;
}

}  // namespace

TEST_CASE("Every backbone's layout has the names of its own code and brings its tensors back to the bit", "[interop]") {
  for (const Named& named : named_tensors()) {
    INFO(named.model << " " << config::to_name(named.layout));
    const config::ModelOptions options = options_of(named);
    const TensorFile own = tensors_of(options), theirs = from_staircase(own, options, named.layout);
    const auto found = by_name(theirs);
    for (const auto& [name, shape] : named.some) {
      INFO(name);
      REQUIRE(found.count(name) == 1);
      CHECK(found.at(name).sizes().vec() == shape);
    }
    CHECK(find_layout(theirs) == named.layout);
    CHECK(equal(to_staircase(theirs, options, named.layout, "test"), own));
  }
}

TEST_CASE("A backbone is told from the tensors of another implementation", "[interop]") {
  for (const Named& named : named_tensors()) {
    INFO(named.model << " " << config::to_name(named.layout));
    const config::ModelOptions options = options_of(named);
    config::ModelOptions guessed =
        guess_model(from_staircase(tensors_of(options), options, named.layout), named.layout, "test");
    if (guessed.layer_scale_init != 0) guessed.layer_scale_init = options.layer_scale_init;
    // A file says the width of a ViT and not its heads, which have 64 channels each in all that were published.
    if (options.spatial == config::Spatial::attention) CHECK(guessed.head_dim == 64);
    // Without attention nothing says it, nor asks.
    const bool windows = options.spatial == config::Spatial::window_attention ||
                         options.spatial == config::Spatial::shifted_window_attention;
    if (!windows) guessed.head_dim = options.head_dim;
    for (const auto& difference : config::diff_options(guessed, options))
      FAIL_CHECK(difference.pointer << " " << difference.a << " " << difference.b);
  }
}

TEST_CASE("Swin's index of distances is the query's minus the key's, rows first", "[interop]") {
  config::ModelOptions options = small("swin_tiny");
  options.kernel_size = 2;
  const auto found = by_name(from_staircase(tensors_of(options), options, KeyLayout::official));
  const torch::Tensor index = found.at("layers.0.blocks.0.attn.relative_position_index");
  CHECK(index.scalar_type() == torch::kLong);
  // By hand for 2 x 2 positions: 3 (dy + 1) + dx + 1.
  CHECK(torch::equal(index, torch::tensor({{4, 3, 1, 0}, {5, 4, 2, 1}, {7, 6, 4, 3}, {8, 7, 5, 4}}, torch::kLong)));
}

TEST_CASE("A file with both old and new names of a Swin is refused with what is wrong", "[interop]") {
  const config::ModelOptions options = small("swin_tiny");
  TensorFile mixed = from_staircase(tensors_of(options), options, KeyLayout::official);
  for (auto& [name, tensor] : mixed.tensors)
    if (name.starts_with("head.")) name.insert(5, "fc.");
  const std::string text = tests::refusal([&] { to_staircase(mixed, options, *find_layout(mixed), "mixed.pth"); });
  CHECK_THAT(text, ContainsSubstring("missing head.weight") && ContainsSubstring("unexpected head.fc.weight"));
}

TEST_CASE("A distilled DeiT is refused by name", "[interop]") {
  const config::ModelOptions options = small("deit_small");
  TensorFile file = from_staircase(tensors_of(options), options, KeyLayout::timm);
  file.tensors.emplace_back("dist_token", torch::zeros({1, 1, 48}));
  CHECK_THAT(tests::refusal([&] { guess_model(file, KeyLayout::timm, "d.pth"); }),
             ContainsSubstring("d.pth: holds a distilled DeiT"));
}

TEST_CASE("torchvision's older names of a ViT's MLP are read", "[interop]") {
  const config::ModelOptions options = small("deit_small");
  const TensorFile own = tensors_of(options);
  TensorFile file = from_staircase(own, options, KeyLayout::torchvision);
  for (auto& [name, tensor] : file.tensors)
    for (const auto& [now, old] : {std::pair{".mlp.0.", ".mlp.linear_1."}, {".mlp.3.", ".mlp.linear_2."}})
      if (const size_t at = name.find(now); at != std::string::npos) name.replace(at, 7, old);
  CHECK(equal(to_staircase(file, options, KeyLayout::torchvision, "f"), own));
}

TEST_CASE("Tables of a file are resized to the images and windows of the network", "[interop]") {
  config::ModelOptions options = small("deit_small"), larger = options;
  larger.image_size_px = 384;
  const auto own = by_name(tensors_of(options));
  TensorFile file = from_staircase(tensors_of(options), options, KeyLayout::timm);
  auto loaded = by_name(to_staircase(file, larger, KeyLayout::timm, "f"));
  const torch::Tensor table = own.at("stem.position_embedding"), resized = loaded.at("stem.position_embedding");
  CHECK((resized.sizes() == torch::IntArrayRef({577, 48})));
  CHECK(torch::equal(resized[0], table[0]));
  const torch::Tensor image = table.slice(0, 1).t().reshape({1, 48, 14, 14});
  const torch::Tensor expected = at::_upsample_bicubic2d_aa(image, {24, 24}, false).flatten(2)[0].t();
  CHECK((resized.slice(0, 1) - expected).abs().max().item<double>() < 1e-6);

  options = small("swin_tiny");
  larger = options;
  larger.kernel_size = 12;
  file = from_staircase(tensors_of(options), options, KeyLayout::timm);
  loaded = by_name(to_staircase(file, larger, KeyLayout::timm, "f"));
  const std::string name = "stages.1.blocks.1.attention.position_bias";
  const torch::Tensor biases = by_name(tensors_of(options)).at(name).t().reshape({1, 6, 13, 13});
  CHECK(torch::equal(loaded.at(name), at::upsample_bicubic2d(biases, {23, 23}, false).flatten(2)[0].t()));
}

TEST_CASE("A position table that is no square is refused with both shapes", "[interop]") {
  const config::ModelOptions options = small("deit_small");
  TensorFile file = from_staircase(tensors_of(options), options, KeyLayout::timm);
  for (auto& [name, tensor] : file.tensors)
    if (name == "pos_embed") tensor = torch::zeros({1, 200, 48});
  CHECK_THAT(tests::refusal([&] { to_staircase(file, options, KeyLayout::timm, "f"); }),
             ContainsSubstring("pos_embed [1, 200, 48] instead of [1, 197, 48]"));
  CHECK_THAT(tests::refusal([&] { guess_model(file, KeyLayout::timm, "f"); }),
             ContainsSubstring("200 entries, which are no square"));
}

TEST_CASE("Normalization other than ImageNet's travels with a file", "[interop]") {
  const tests::TemporaryFolder folder;
  config::ModelOptions options = plan::find_model("vit_small_patch16", {"test", ""}).options;
  options.depths = {1};
  options.num_classes = 5;
  options.in_channels = 3;
  TensorFile file = from_staircase(tensors_of(options), options, KeyLayout::timm);
  write_safetensors(folder / "timm.safetensors", file);
  OpenOptions as_vit;
  as_vit.model = plan::find_model("vit_small_patch16", {"test", ""});
  as_vit.model->options = options;
  as_vit.model->options.image_size_px = 0;
  const ModelFile opened = open_model_file(folder / "timm.safetensors", as_vit);
  CHECK(opened.description.data.mean == std::array<double, 3>{0.5, 0.5, 0.5});
  CHECK(opened.description.model.image_size_px == 224);
  TensorFile converted = from_staircase(opened.tensors, opened.description.model, KeyLayout::timm);
  converted.metadata = describe_model(opened.description, "");
  write_safetensors(folder / "again.safetensors", converted);
  CHECK(open_model_file(folder / "again.safetensors").description.data.std == std::array<double, 3>{0.5, 0.5, 0.5});
  CHECK(open_model_file(folder / "timm.safetensors").description.data.mean[0] == 0.485);
}

}  // namespace backbone_layouts_test
