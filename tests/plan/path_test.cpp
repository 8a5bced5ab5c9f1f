#include "staircase/plan/path.h"

#include <algorithm>
#include <cmath>

#include "staircase/config/codec.h"
#include "staircase/plan/named_models.h"
#include "support/catch.h"

namespace path_test {

using namespace staircase;
using namespace staircase::plan;

namespace {

const config::Place here{"test", ""};

ModelOptions named(const std::string& name) { return find_model(name, here).options; }

/// That every step sets one field, changes the network, and is as the step says; returns where the path ends.
ModelOptions walked(const NetworkPath& path) {
  ModelOptions at = path.start;
  for (const PathStep& step : path.steps) {
    INFO(step.pointer);
    const auto changed = config::diff_options(at, step.model);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].pointer == step.pointer);
    CHECK(changed[0].a == step.from);
    CHECK(changed[0].b == step.to);
    CHECK_FALSE(same_network(at, step.model));
    at = step.model;
  }
  return at;
}

double farthest_outside(const NetworkPath& path) {
  const double from = static_cast<double>(path.start_counts.all_macs());
  const double to = static_cast<double>(path.steps.back().counts.all_macs());
  double farthest = 0;
  for (const PathStep& step : path.steps) {
    const auto macs = static_cast<double>(step.counts.all_macs());
    farthest = std::max({farthest, std::log(macs / std::max(from, to)), std::log(std::min(from, to) / macs)});
  }
  return farthest;
}

}  // namespace

TEST_CASE("Between any two named networks there is a path of single valid edits", "[plan]") {
  size_t longest = 0;
  for (const NamedModel& from : named_models())
    for (const NamedModel& to : named_models()) {
      INFO(from.name << " to " << to.name);
      const NetworkPath path = find_path(from.options, to.options);
      CHECK(same_network(path.start, from.options));
      CHECK(same_network(walked(path), to.options));
      longest = std::max(longest, path.steps.size());
    }
  CHECK(longest <= 20);
}

TEST_CASE("A path does not set what means nothing to either network", "[plan]") {
  // A ViT's kernel_size is read nowhere.
  const NetworkPath path = find_path(named("convnext_isotropic_small"), named("deit_small"));
  for (const PathStep& step : path.steps) CHECK(step.pointer != "/model/kernel_size");
  ModelOptions other = named("resnet50");
  other.groups = 64;
  other.head_dim = 64;
  CHECK(find_path(named("resnet50"), other).steps.empty());
  CHECK(find_path(named("deit_small"), named("vit_small_patch16")).steps.empty());
}

TEST_CASE("The path from ConvNeXt-T to its second version is GRN in and LayerScale out", "[plan]") {
  const NetworkPath path = find_path(named("convnext_tiny"), named("convnextv2_tiny"));
  REQUIRE(path.steps.size() == 2);
  CHECK(path.steps[0].pointer == "/model/layer_scale_init");
  CHECK(path.steps[1].pointer == "/model/grn");
  CHECK(path.start_counts.params == 28589128);
  CHECK(path.steps[1].counts.params == 28635496);
}

TEST_CASE("A path that prefers MACs leaves the range of both ends no farther than one in the order of the fields",
          "[plan]") {
  for (const auto& [from, to] : {std::pair{"resnet50", "swin_tiny"},
                                 {"swin_tiny", "convnext_tiny"},
                                 {"deit_small", "resnet50"},
                                 {"poolformer_s12", "deit_small"}}) {
    INFO(from << " to " << to);
    const NetworkPath plain = find_path(named(from), named(to));
    const NetworkPath fair = find_path(named(from), named(to), PathOrder::macs);
    CHECK(same_network(walked(fair), named(to)));
    CHECK(farthest_outside(fair) <= farthest_outside(plain));
  }
  const NetworkPath plain = find_path(named("resnet50"), named("swin_tiny"));
  const NetworkPath fair = find_path(named("resnet50"), named("swin_tiny"), PathOrder::macs);
  CHECK(farthest_outside(fair) < 0.7 * farthest_outside(plain));
}

}  // namespace path_test
