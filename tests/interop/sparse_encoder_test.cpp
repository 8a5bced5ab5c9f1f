// Files of pretraining as the code published with ConvNeXt V2 writes them.
#include "staircase/interop/sparse_encoder.h"

#include "interop/named_tensors.h"
#include "staircase/formats/safetensors.h"
#include "staircase/interop/model_file.h"
#include "support/catch.h"
#include "support/refusal.h"
#include "support/temporary_folder.h"

namespace sparse_encoder_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::interop;

namespace {

config::ModelOptions narrow_v2() {
  config::ModelOptions options = plan::find_model("convnextv2_atto", {"test", ""}).options;
  for (int64_t& width : options.width.values) width /= 8;
  options.num_classes = 5;
  options.in_channels = 3;
  return options;
}

/// None of them all zeros, as first weights partly are.
TensorFile random_tensors_of(const config::ModelOptions& options) {
  TensorFile file = tests::tensors_of(options);
  for (auto& [name, tensor] : file.tensors) tensor.uniform_(-1, 1);
  return file;
}

/// What the sparse network calls a tensor of the dense one, and how it keeps it.
std::pair<std::string, torch::Tensor> sparse(const std::string& name, const torch::Tensor& tensor) {
  const auto renamed = [&](const std::string& end, const std::string& now) {
    return "encoder." + name.substr(0, name.size() - end.size()) + now;
  };
  const bool of_stem = name.starts_with("downsample_layers.0.");
  if (tensor.dim() == 4 && name.ends_with(".weight") && !of_stem) {
    const torch::Tensor columns_first = tensor.transpose(2, 3).flatten(2);  // (out, in / groups, k * k)
    const bool depthwise = name.find(".dwconv.") != std::string::npos;
    return {renamed("weight", "kernel"),
            (depthwise ? columns_first.squeeze(1).t() : columns_first.permute({2, 1, 0})).contiguous()};
  }
  if (name.find(".grn.") != std::string::npos) return {"encoder." + name, tensor.reshape({1, tensor.numel()})};
  if (name.find(".pwconv") != std::string::npos) {
    const std::string end = name.substr(name.rfind('.') + 1);
    return {renamed(end, "linear." + end), tensor};
  }
  if (name.find(".norm.") != std::string::npos) {
    const std::string end = name.substr(name.rfind('.') + 1);
    return {renamed(end, "ln." + end), tensor};
  }
  if (name.ends_with(".bias")) return {"encoder." + name, tensor.reshape({1, tensor.numel()})};
  return {"encoder." + name, tensor};
}

TensorFile pretraining_file(const config::ModelOptions& options, const TensorFile& own) {
  TensorFile file;
  for (const auto& [name, tensor] : from_staircase(own, options, KeyLayout::official).tensors)
    if (!name.starts_with("head.") && !name.starts_with("norm.")) file.tensors.push_back(sparse(name, tensor));
  file.tensors.emplace_back("mask_token", torch::zeros({1, 512, 1, 1}));
  file.tensors.emplace_back("proj.weight", torch::zeros({512, 40, 1, 1}));
  file.tensors.emplace_back("decoder.0.dwconv.weight", torch::zeros({512, 1, 7, 7}));
  return file;
}

}  // namespace

TEST_CASE("A kernel of a sparse layer is turned into a dense one, columns before rows", "[interop]") {
  TensorFile file;
  file.tensors.emplace_back("encoder.a.kernel", torch::arange(4 * 3 * 2).view({4, 3, 2}));
  file.tensors.emplace_back("encoder.b.kernel", torch::arange(9 * 2).view({9, 2}));
  const auto dense = dense_encoder(file);
  REQUIRE(dense);
  REQUIRE(dense->tensors.size() == 2);
  CHECK(dense->tensors[0].first == "a.weight");
  CHECK(dense->tensors[0].second.sizes() == torch::IntArrayRef{2, 3, 2, 2});
  // Output 1, input 2, row 0 and column 1 is the third of the positions, which run down the columns.
  CHECK(dense->tensors[0].second[1][2][0][1].item<int64_t>() == 2 * 6 + 2 * 2 + 1);
  CHECK(dense->tensors[1].second.sizes() == torch::IntArrayRef{2, 1, 3, 3});
  CHECK(dense->tensors[1].second[1][0][2][0].item<int64_t>() == 2 * 2 + 1);
}

TEST_CASE("A kernel of another shape is refused by name, and other files are none of pretraining", "[interop]") {
  TensorFile file;
  CHECK_FALSE(dense_encoder(file));
  file.tensors.emplace_back("encoder.layers.0.weight", torch::zeros({4, 4}));
  CHECK_FALSE(dense_encoder(file));
  file.tensors.emplace_back("encoder.stages.0.0.dwconv.kernel", torch::zeros({48, 5}));
  CHECK_THROWS_WITH(
      dense_encoder(file),
      "\"encoder.stages.0.0.dwconv.kernel\" is [48, 5], allowed is (k * k, in, out) or (k * k, channels)");
}

TEST_CASE("What the published code pretrained starts a network, all but its final norm and head", "[interop]") {
  const config::ModelOptions options = narrow_v2();
  const TensorFile own = random_tensors_of(options);
  const tests::TemporaryFolder folder;
  const auto path = folder / "fcmae.safetensors";
  write_safetensors(path, pretraining_file(options, own));
  OpenOptions asked;
  asked.model = plan::NamedModel{"/model", "custom", options, 0.0};
  CHECK_THROWS_WITH(open_model_file(path, asked),
                    ContainsSubstring("was pretrained by masked autoencoding and has no head"));
  asked.takes_pretrained = true;
  const ModelFile opened = open_model_file(path, asked);
  CHECK_FALSE(opened.has_head());
  CHECK(opened.decoder_tensors == 3);
  const auto found = tests::by_name(opened.tensors);
  size_t of_encoder = 0;
  for (const auto& [name, tensor] : own.tensors) {
    INFO(name);
    if (name.starts_with("head.")) {
      CHECK(found.count(name) == 0);
      continue;
    }
    ++of_encoder;
    REQUIRE(found.count(name) == 1);
    CHECK(found.at(name).equal(tensor));
  }
  CHECK(found.size() == of_encoder);
}

}  // namespace sparse_encoder_test
