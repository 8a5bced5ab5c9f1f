#include <algorithm>
#include <map>

#include "staircase/plan/plan.h"
#include "support/catch.h"
#include "support/random_model.h"

namespace combinations_test {

using namespace staircase;
using namespace staircase::plan;

namespace {

/// Channels and size of what runs through a network.
struct Passing {
  int64_t channels;
  ImageSize size;
  bool operator==(const Passing&) const = default;
};

bool fits(const std::vector<LayerSpec>& chain, Passing& passing) {
  for (const LayerSpec& layer : chain) {
    if (layer.in != passing.channels) return false;
    passing = {layer.out, output_size(layer, passing.size)};
  }
  return true;
}

/// Whether every layer takes what the one before it gives, and all that is added has one shape.
bool fits(const ModelPlan& plan) {
  Passing passing{plan.stem.front().in, plan.image};
  if (!fits(plan.stem, passing)) return false;
  for (const StagePlan& stage : plan.stages) {
    if (!fits(stage.downsample, passing)) return false;
    for (const BlockPlan& block : stage.blocks)
      for (const ResidualPlan& residual : block.residuals) {
        Passing beside = passing;
        if (!fits(residual.layers, passing) || !fits(residual.shortcut, beside) || passing != beside) return false;
        if (residual.out != passing.channels || !fits(residual.after, passing)) return false;
      }
  }
  return fits(plan.head, passing) && passing.size == square(1);
}

/// The two fields that a refusal names, or all of the message.
std::string fields_of(const std::string& message) {
  std::vector<std::string> fields;
  for (size_t at = message.find("/model/"); at != std::string::npos; at = message.find("/model/", at + 1)) {
    const size_t end = message.find_first_of(" :,", at);
    fields.push_back(message.substr(at, end - at));
  }
  return fields.size() >= 2 ? fields[0] + " " + fields[1] : message;
}

}  // namespace

TEST_CASE("Options at random give a network whose layers fit, or are refused with two fields", "[plan]") {
  RandomStream random(mix_key({13, 1}));
  std::map<std::string, int> refused;
  int built = 0;
  for (int sample = 0; sample < 20000; ++sample) {
    const config::ModelOptions options = tests::random_model(random);
    try {
      const ModelPlan plan = plan_model(options, {"", "/model"});
      INFO(config::write_options(options).dump());
      REQUIRE(fits(plan));
      ++built;
    } catch (const config::ConfigError& error) {
      ++refused[fields_of(error.what())];
    }
  }
  CHECK(built > 500);
  const std::vector<std::string> known{"/model/width /model/depths",
                                       "/model/patchify_norm /model/downsampling",
                                       "/model/spatial /model/downsampling",
                                       "/model/kernel_size /model/spatial",
                                       "/model/position_embedding /model/spatial",
                                       "/model/position_embedding /model/pooling",
                                       "/model/pooling /model/spatial",
                                       "/model/pooling /model/depths",
                                       "/model/head_dim /model/width",
                                       "/model/image_size_px /model/position_embedding",
                                       "/model/groups /model/width"};
  for (const auto& [fields, times] : refused) {
    INFO(fields << ", " << times << " times");
    CHECK(std::find(known.begin(), known.end(), fields) != known.end());
  }
  CHECK(refused.size() == known.size());
}

}  // namespace combinations_test
