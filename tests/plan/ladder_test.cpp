#include "staircase/plan/ladder.h"

#include <map>

#include "staircase/config/codec.h"
#include "staircase/plan/named_models.h"
#include "staircase/plan/plan.h"
#include "support/catch.h"

namespace ladder_test {

using namespace staircase;
using namespace staircase::plan;

namespace {
const config::Place here{"test", ""};

/// MACs at 224 px, computed from the paper's definitions; they agree with its Table 10.
const std::map<std::string, int64_t> tiny_macs{{"original_recipe", 4089184256},
                                               {"modern_recipe", 4089184256},
                                               {"stage_ratio", 4525916160},
                                               {"patchify_stem", 4417536000},
                                               {"depthwise", 2349507072},
                                               {"width", 5267976960},
                                               {"inverted_bottleneck", 4644406272},
                                               {"move_up_depthwise", 4065080448},
                                               {"kernel_5", 4097293440},
                                               {"kernel_7", 4145612928},
                                               {"kernel_9", 4210038912},
                                               {"kernel_11", 4290571392},
                                               {"gelu", 4145612928},
                                               {"fewer_activations", 4145612928},
                                               {"fewer_norms", 4145612928},
                                               {"layer_norm", 4145612928},
                                               {"separate_downsampling", 4455531264}};

/// The same of the second ladder, from the same definitions.
const std::map<std::string, int64_t> base_macs{{"original_recipe", 15007481856},
                                               {"modern_recipe", 15007481856},
                                               {"stage_ratio", 14518404096},
                                               {"patchify_stem", 14376155136},
                                               {"depthwise", 7234368288},
                                               {"width", 16763933696},
                                               {"inverted_bottleneck", 15679418368},
                                               {"move_up_depthwise", 14627001856},
                                               {"kernel_5", 14698853888},
                                               {"kernel_7", 14806631936},
                                               {"kernel_9", 14950336000},
                                               {"kernel_11", 15129966080},
                                               {"gelu", 14806631936},
                                               {"fewer_activations", 14806631936},
                                               {"fewer_norms", 14806631936},
                                               {"layer_norm", 14806631936},
                                               {"separate_downsampling", 15354729472}};

void check_macs(const std::string& ladder, const std::map<std::string, int64_t>& macs) {
  const auto rungs = climb(find_ladder(ladder, here));
  REQUIRE(rungs.size() == macs.size());
  for (const Rung& rung : rungs) {
    INFO(rung.step.name);
    CHECK(count_model(rung.model).macs == macs.at(rung.step.name));
  }
}
}  // namespace

TEST_CASE("Every rung from ResNet-50 to ConvNeXt-T has the MACs of the paper's definition", "[plan][reference]") {
  check_macs("resnet50-convnext_tiny", tiny_macs);
}

TEST_CASE("Every rung from ResNet-200 to ConvNeXt-B has the MACs of the paper's definition", "[plan][reference]") {
  check_macs("resnet200-convnext_base", base_macs);
}

TEST_CASE("Every rung changes one field, or is a bundle that says why", "[plan]") {
  for (const Ladder& ladder : ladders()) {
    const auto rungs = climb(ladder);
    config::ModelOptions before = ladder.base;
    for (size_t i = 0; i < rungs.size(); ++i) {
      INFO(ladder.name << "/" << rungs[i].step.name);
      const auto changed = config::diff_options(before, rungs[i].model);
      const bool recipe = rungs[i].step.set.contains("/recipe");
      const size_t edits = changed.size() + (recipe ? 1 : 0);
      if (i == 0) CHECK(edits == 0);
      else if (rungs[i].step.bundle.empty()) CHECK(edits == 1);
      else CHECK(edits > 1);
      if (!rungs[i].step.side_branch) before = rungs[i].model;
    }
  }
}

TEST_CASE("The last rung with LayerScale and biases is ConvNeXt-T", "[plan]") {
  config::ModelOptions last = climb(find_ladder("resnet50-convnext_tiny", here)).back().model;
  last.layer_scale_init = 1e-6;
  last.conv_bias = config::ConvBias::always;
  CHECK(last == find_model("convnext_tiny", here).options);
}

}  // namespace ladder_test
