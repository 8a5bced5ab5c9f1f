#include <algorithm>

#include "staircase/plan/plan_parts.h"

namespace staircase::plan {

using namespace config;  // NOLINT: the option enums

namespace {

struct Patch {
  int64_t kernel, stride, padding;
};

Patch patch_of(Stem stem) {
  switch (stem) {
    case Stem::patchify2: return {2, 2, 0};
    case Stem::patchify4: return {4, 4, 0};
    case Stem::patchify8: return {8, 8, 0};
    case Stem::patchify14: return {14, 14, 0};
    case Stem::patchify16: return {16, 16, 0};
    default: return {7, 4, 2};  // conv7_stride4
  }
}

Chain image_stem(const ModelOptions& o, int64_t in, int64_t out) {
  const bool pools = o.stem == Stem::conv7_pool;
  if (pools || o.stem == Stem::conv3) {
    Chain stem{pools ? convolution("conv", in, out, 7, 2, 3) : convolution("conv", in, out, 3, 1, 1),
               norm_layer(o, "norm", out), activation_layer(o, "activation", out)};
    if (pools) stem.push_back({"pool", LayerKind::max_pool, out, out, 3, 2, 1});
    return stem;
  }
  const Patch patch = patch_of(o.stem);
  Chain stem{convolution("conv", in, out, patch.kernel, patch.stride, patch.padding)};
  if (o.patchify_norm) stem.push_back(norm_layer(o, "norm", out));
  if (o.patchify_activation) stem.push_back(activation_layer(o, "activation", out));
  return stem;
}

LayerSpec position_embedding(int64_t channels, int64_t positions) {
  LayerSpec layer{"position_embedding", LayerKind::position_embedding, channels, channels};
  layer.positions = positions;
  return layer;
}

}  // namespace

bool has_position_table(const ModelOptions& o) {
  return o.position_embedding == PositionEmbedding::learned ||
         o.position_embedding == PositionEmbedding::learned_with_token;
}

Chain plan_stem(const ModelOptions& o, ImageSize image) {
  const int64_t out = stem_width(o);
  Chain stem = with_biases(o, image_stem(o, o.in_channels ? o.in_channels : 3, out));
  ImageSize grid = square(o.image_size_px ? o.image_size_px : image.height);
  for (const LayerSpec& layer : stem) grid = output_size(layer, grid);
  const int64_t positions = std::max<int64_t>(1, grid.height * grid.width);  // too small an image is refused later
  if (o.position_embedding == PositionEmbedding::learned) stem.push_back(position_embedding(out, positions));
  if (o.pooling == Pooling::class_token) stem.push_back({"class_token", LayerKind::class_token, out, out});
  if (o.position_embedding == PositionEmbedding::learned_with_token)
    stem.push_back(position_embedding(out, positions + 1));
  return stem;
}

Chain plan_downsample(const ModelOptions& o, int64_t in, int64_t out) {
  switch (o.downsampling) {
    case Downsampling::separate:
      return with_biases(o, {norm_layer(o, "norm", in), convolution("conv", in, out, 2, 2, 0)});
    case Downsampling::patch_merging:  // its 1x1 never has a bias
      return {{"gather", LayerKind::space_to_depth, in, 4 * in, 2, 2},
              norm_layer(o, "norm", 4 * in),
              convolution("conv", 4 * in, out, 1, 1, 0)};
    case Downsampling::overlapping: return with_biases(o, {convolution("conv", in, out, 3, 2, 1)});
    default: return {};
  }
}

Chain plan_head(const ModelOptions& o, int64_t channels) {
  const bool mean = o.pooling == Pooling::mean;
  Chain head{{"pool", mean ? LayerKind::average_pool : LayerKind::select_token, channels, channels}};
  if (o.downsampling != Downsampling::in_block || o.residuals_per_block == 2)
    head.insert(o.head_norm == HeadNorm::before_pooling ? head.begin() : head.end(), norm_layer(o, "norm", channels));
  const int64_t classes = o.num_classes ? o.num_classes : 1000;
  head.push_back({"linear", LayerKind::linear, channels, classes, 1, 1, 0, 1, true});
  return head;
}

}  // namespace staircase::plan
