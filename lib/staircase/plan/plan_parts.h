#pragma once

#include <string>
#include <vector>

#include "staircase/plan/plan.h"

/// What plan_model is made of. Nobody else includes this.
namespace staircase::plan {

LayerSpec activation_layer(const ModelOptions& o, const std::string& name, int64_t channels);
LayerSpec norm_layer(const ModelOptions& o, const std::string& name, int64_t channels);
LayerSpec convolution(const std::string& name, int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding,
                      int64_t groups = 1);

/// Gives every convolution of a chain its bias: all of them, or where no norm follows.
std::vector<LayerSpec> with_biases(const ModelOptions& o, std::vector<LayerSpec> chain);

/// One block. hidden: channels between its two 1x1 convolutions.
BlockPlan plan_block(const ModelOptions& o, int64_t in, int64_t hidden, int64_t out, int64_t stride);

// The refusals: each throws config::ConfigError at a field of `place`.
void check_patchify_norm(const ModelOptions& o, const config::Place& place);
void check_groups(const ModelOptions& o, const ModelPlan& plan, const config::Place& place);
/// `layer` would leave nothing of the `from` that reaches it.
[[noreturn]] void refuse_image(ImageSize image, const LayerSpec& layer, ImageSize from, const config::Place& place);
/// Over 2e9 parameters.
void check_size(const ModelPlan& plan, const config::Place& place);

}  // namespace staircase::plan
