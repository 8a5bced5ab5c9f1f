#pragma once

#include <string>
#include <vector>

#include "staircase/plan/plan.h"

/// What plan_model is made of. Nobody else includes this.
namespace staircase::plan {

using Chain = std::vector<LayerSpec>;

LayerSpec activation_layer(const ModelOptions& o, const std::string& name, int64_t channels);
LayerSpec norm_layer(const ModelOptions& o, const std::string& name, int64_t channels);
LayerSpec convolution(const std::string& name, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                      int64_t groups = 1);
/// What mixes space in a block, the one place that gives `spatial` its meaning; empty where nothing does.
/// `name`: of a convolution. `index`: of the block in its stage.
Chain spatial_layers(const ModelOptions& o, const std::string& name, int64_t channels, int64_t stride, int64_t index);

/// Gives every convolution of a chain its bias: all of them, or where no norm follows.
Chain with_biases(const ModelOptions& o, Chain chain);

/// Whether `spatial` is a convolution: only those have a stride.
bool convolves(const ModelOptions& o);
bool has_windows(const ModelOptions& o);
/// Channels of a stage at the width_factor of the options.
int64_t stage_width(const ModelOptions& o, size_t stage);
int64_t stem_width(const ModelOptions& o);

Chain plan_stem(const ModelOptions& o, ImageSize image);
Chain plan_downsample(const ModelOptions& o, int64_t in, int64_t out);
Chain plan_head(const ModelOptions& o, int64_t channels);

/// Where a block stands. hidden: channels between its two 1x1 convolutions; index: in its stage.
struct BlockPlace {
  int64_t in, hidden, out, stride, index;
};
BlockPlan plan_block(const ModelOptions& o, const BlockPlace& at);

// The refusals: each throws config::ConfigError at a field of `place`.
/// What the options say by themselves.
void check_options(const ModelOptions& o, const config::Place& place);
void check_groups(const ModelOptions& o, const ModelPlan& plan, const config::Place& place);
/// Gives the attentions of a plan the heads that they have at full width.
void set_heads(const ModelOptions& o, ModelPlan& plan, const ModelPlan& full, const config::Place& place);
/// A learned table for images of which the stem leaves nothing.
void check_table(const ModelOptions& o, const ModelPlan& plan, const config::Place& place);
/// `layer` would leave nothing of the `from` that reaches it.
[[noreturn]] void refuse_image(ImageSize image, const LayerSpec& layer, ImageSize from, const config::Place& place);
/// Over 2e9 parameters.
void check_size(const ModelPlan& plan, const config::Place& place);

}  // namespace staircase::plan
