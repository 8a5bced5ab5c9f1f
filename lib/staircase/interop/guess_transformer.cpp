#include <cmath>

#include "staircase/base/errors.h"
#include "staircase/interop/file_shapes.h"
#include "staircase/plan/named_models.h"

namespace staircase::interop {
namespace {

using config::ModelOptions;

const std::string first_block = "stages.0.blocks.0.";

ModelOptions named(const char* name) { return plan::find_model(name, {"", "MODEL"}).options; }

[[noreturn]] void refuse(const Shapes& shapes, const std::string& what) {
  throw RequestError(shapes.file_name() + ": " + what + "; Staircase does not build such networks");
}

int64_t root(int64_t number) { return std::llround(std::floor(std::sqrt(static_cast<double>(number)))); }

bool has_layer_scale(const Shapes& shapes) { return shapes.knows(first_block + "layer_scale1"); }

void check_qkv(const Shapes& shapes) {
  if (!shapes.has(first_block + "attention.qkv", ".bias"))
    refuse(shapes, "its attention has no bias for queries, keys and values");
}

config::Stem patch_stem(const Shapes& shapes) {
  switch (const int64_t side = shapes.size("stem.conv", 2)) {
    case 8: return config::Stem::patchify8;
    case 14: return config::Stem::patchify14;
    case 16: return config::Stem::patchify16;
    default: refuse(shapes, "its patches have a side of " + std::to_string(side) + ", allowed are 8, 14 and 16");
  }
}

ModelOptions guess_vit(const Shapes& shapes, Family family) {
  const bool has_token = shapes.has("stem.class_token", "");
  ModelOptions model = named(has_token ? "deit_small" : "vit_small_gap");
  read_sizes(model, shapes, shapes.depths("attention.qkv.weight"));
  check_qkv(shapes);
  model.stem = patch_stem(shapes);
  const int64_t positions = shapes.size("stem.position_embedding", 1, ""), side = root(positions);
  const bool has_entry = side * side != positions;
  if (positions < 1 || (has_entry && (!has_token || side * side + 1 != positions)))
    refuse(shapes, "its position table has " + std::to_string(positions) + " entries, which are no square");
  if (has_token && !has_entry) model.position_embedding = config::PositionEmbedding::learned;
  model.image_size_px = side * shapes.size("stem.conv", 2);
  if (family == Family::vit_fc_norm) model.head_norm = config::HeadNorm::after_pooling;
  if (has_layer_scale(shapes)) model.layer_scale_init = 1e-4;  // what it began with, nobody knows
  return model;
}

ModelOptions guess_swin(const Shapes& shapes) {
  ModelOptions model = named("swin_tiny");
  read_sizes(model, shapes, shapes.depths("attention.qkv.weight"));
  check_qkv(shapes);
  const std::string table = first_block + "attention.position_bias";
  const int64_t heads = shapes.size(table, 1, "");
  model.kernel_size = (root(shapes.size(table, 0, "")) + 1) / 2;
  if (heads > 0) model.head_dim = shapes.size("stem.conv", 0) / heads;
  return model;
}

ModelOptions guess_poolformer(const Shapes& shapes) {
  ModelOptions model = named("poolformer_s12");
  read_sizes(model, shapes, shapes.depths("conv2.weight"));
  std::vector<int64_t> widths;
  for (size_t s = 0; s < model.depths.size(); ++s)
    widths.push_back(shapes.size("stages." + std::to_string(s) + ".blocks.0.conv2", 1));
  model.width = widths;
  if (!has_layer_scale(shapes)) model.layer_scale_init = 0.0;
  return model;
}

}  // namespace

ModelOptions guess_transformer(const Shapes& shapes, Family family) {
  if (family == Family::swin) return guess_swin(shapes);
  return family == Family::poolformer ? guess_poolformer(shapes) : guess_vit(shapes, family);
}

}  // namespace staircase::interop
