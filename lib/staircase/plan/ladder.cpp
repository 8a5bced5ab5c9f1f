#include "staircase/plan/ladder.h"

#include "staircase/config/codec.h"
#include "staircase/plan/ladder_parts.h"

namespace staircase::plan {
namespace {

using config::Json;

/// What differs between the two published ladders, beside their base.
struct LadderNumbers {
  Json recipe;                    // the modern recipe, as /recipe takes it
  LadderStep ratio;               // the stage ratio: a single edit or a bundle
  int64_t width;                  // after the width step
  std::vector<double> top1, std;  // of the paper, rung by rung; std 0: not printed
};

std::vector<LadderStep> walk(const LadderNumbers& numbers) {
  std::vector<LadderStep> steps{
      ladder_step("original_recipe", "", Json::object()),
      ladder_step("modern_recipe", "recipe", {{"/recipe", numbers.recipe}}),
      numbers.ratio,
      ladder_step("patchify_stem", "macro", {{"/model/stem", "patchify4"}}),
      ladder_step("depthwise", "ResNeXt", {{"/model/spatial", "depthwise"}}),
      ladder_step("width", "ResNeXt", {{"/model/width", numbers.width}}),
      ladder_step("inverted_bottleneck", "inverted bottleneck", {{"/model/block", "inverted_bottleneck"}}),
      ladder_step("move_up_depthwise", "large kernel", {{"/model/spatial_position", "first"}}),
      ladder_step("kernel_5", "large kernel", {{"/model/kernel_size", 5}}, true),
      ladder_step("kernel_7", "large kernel", {{"/model/kernel_size", 7}}),
      ladder_step("kernel_9", "large kernel", {{"/model/kernel_size", 9}}, true),
      ladder_step("kernel_11", "large kernel", {{"/model/kernel_size", 11}}, true),
      ladder_step("gelu", "micro", {{"/model/activation", "gelu"}}),
      ladder_step("fewer_activations", "micro", {{"/model/activations_per_block", 1}}),
      ladder_step("fewer_norms", "micro", {{"/model/norms_per_block", 1}}),
      ladder_step("layer_norm", "micro", {{"/model/norm", "layer"}}),
      ladder_step("separate_downsampling", "micro", {{"/model/downsampling", "separate"}})};
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i].paper_top1 = numbers.top1.at(i);
    if (numbers.std.at(i) > 0) steps[i].paper_std = numbers.std[i];
  }
  return steps;
}

Ladder resnet50_to_convnext_tiny() {
  Ladder ladder{"resnet50-convnext_tiny", {}, "original", 0.1, {}};
  ladder.base.initialization = config::Initialization::truncated_normal;
  ladder.steps = walk({"modern",
                       ladder_step("stage_ratio", "macro", {{"/model/depths", {3, 3, 9, 3}}}),
                       96,
                       {76.13, 78.82, 79.36, 79.51, 78.28, 80.50, 80.64, 79.92, 80.35, 80.57, 80.57, 80.47, 80.62,
                        81.27, 81.41, 81.47, 81.97},
                       {0, .07, .07, .18, .08, .02, .03, .08, .08, .14, .06, .11, .14, .06, .09, .09, .06}});
  return ladder;
}

Ladder resnet200_to_convnext_base() {
  Ladder ladder{"resnet200-convnext_base", {}, "original", 0.5, {}};
  ladder.base.depths = {3, 24, 36, 3};
  ladder.base.initialization = config::Initialization::truncated_normal;
  LadderStep ratio = ladder_step("stage_ratio", "macro", {{"/model/depths", {3, 3, 27, 3}}, {"/model/width", 84}});
  ratio.bundle = "the paper changes the stage ratio and the width together, to keep the cost";
  ladder.steps = walk({{{"from", "modern"}, {"drop_path_rate", 0.5}},
                       ratio,
                       128,
                       {78.20, 81.14, 81.33, 81.59, 80.54, 81.85, 82.64, 82.04, 82.32, 82.30, 82.27, 82.18, 82.19,
                        82.71, 83.17, 83.35, 83.60},
                       std::vector<double>(17, 0.0)});
  return ladder;
}

}  // namespace

LadderStep ladder_step(const std::string& name, const std::string& group, Json set, bool side_branch) {
  LadderStep made;
  made.name = name;
  made.group = group;
  made.set = std::move(set);
  made.side_branch = side_branch;
  return made;
}

const std::vector<Ladder>& ladders() {
  static const std::vector<Ladder> all = [] {
    std::vector<Ladder> made{resnet50_to_convnext_tiny(), resnet200_to_convnext_base()};
    for (Ladder& ladder : backbone_ladders()) made.push_back(std::move(ladder));
    return made;
  }();
  return all;
}

const Ladder& find_ladder(const std::string& name, const config::Place& place) {
  std::vector<std::string> known;
  for (const Ladder& ladder : ladders()) {
    if (ladder.name == name) return ladder;
    known.push_back(ladder.name);
  }
  throw config::ConfigError(
      place, "\"" + name + "\" is not a known ladder, known are " + join(known) + did_you_mean(name, known));
}

std::vector<Rung> climb(const Ladder& ladder) {
  std::vector<Rung> rungs;
  config::ModelOptions carried = ladder.base;
  Json recipe = ladder.base_recipe;
  const std::string model_prefix = "/model/";
  for (const LadderStep& each : ladder.steps) {
    Json before = config::write_options(carried), edits = Json::object();
    Rung rung;
    rung.step = each;
    rung.from = Json::object();
    for (const auto& [pointer, value] : each.set.items()) {
      if (pointer == "/recipe") {
        rung.from[pointer] = recipe;
        recipe = value;
      } else {
        const std::string name = pointer.substr(model_prefix.size());
        rung.from[pointer] = before.at(name);
        edits[name] = value;
      }
    }
    rung.model = config::read_options<config::ModelOptions>(edits, {ladder.name, "/model"}, carried);
    if (!each.side_branch) carried = rung.model;
    rungs.push_back(rung);
  }
  return rungs;
}

}  // namespace staircase::plan
