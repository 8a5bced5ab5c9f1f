#include "staircase/plan/masked_autoencoder.h"

#include "staircase/plan/named_models.h"
#include "support/catch.h"
#include "support/refusal.h"

namespace masked_autoencoder_test {

using namespace staircase;
using namespace staircase::plan;
using namespace staircase::config;

namespace {

ModelOptions named(const char* name) { return find_model(name, {"test", ""}).options; }

double parameters(const std::vector<LayerSpec>& layers) {
  double count = 0;
  for (const LayerSpec& layer : layers) count += parameter_count(layer);
  return count;
}

/// ConvNeXt V2 for images of 32 px, to be pretrained.
Configuration small() {
  Configuration c;
  c.model = named("convnextv2_atto");
  c.model.stem = Stem::patchify2;
  c.model.depths = {1, 1, 1};
  c.recipe.task = TaskKind::masked_autoencoding;
  c.data.image_size_px = 32;
  return c;
}

std::string refused(const Configuration& c) {
  return tests::refusal([&] { check_masked_autoencoding(c, "x.json"); });
}

}  // namespace

TEST_CASE("Cells, visible ones and the decoder of ConvNeXt V2-T are those of its paper", "[plan][reference]") {
  const ModelPlan tiny = plan_model(named("convnextv2_tiny"));
  CHECK(cell_px(tiny) == 32);
  CHECK(visible_cells(49, 0.6) == 19);
  CHECK(parameters(flat_layers(plan_decoder(tiny, 512))) == 4100608);
}

TEST_CASE("A cell is what one position of the last stage stands for, whatever the stem and the stages", "[plan]") {
  Configuration c = small();
  CHECK(cell_px(plan_model(c.model)) == 8);
  c.model.stem = Stem::patchify4;
  CHECK(cell_px(plan_model(c.model)) == 16);
  c.model.downsampling = Downsampling::patch_merging;
  CHECK(cell_px(plan_model(c.model)) == 16);
  CHECK(plan_decoder(plan_model(c.model), 64).leave.out == 16 * 16 * 3);
}

TEST_CASE("Shares that leave a whole number of cells leave all of them", "[plan]") {
  CHECK(visible_cells(10, 0.7) == 3);
  CHECK(visible_cells(10, 0.9) == 1);
  CHECK(visible_cells(16, 0.6) == 6);
  CHECK(visible_cells(4, 0.99) == 0);
}

TEST_CASE("A network that cannot leave hidden cells out is refused by the field that keeps it from it", "[plan]") {
  CHECK(refused(small()).empty());
  Configuration c = small();
  c.model.grn = false;
  CHECK(refused(c).empty());
  c = small();
  c.model.norm = Norm::batch;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /model/norm: batch does not go with /recipe/task"));
  c = small();
  c.model.spatial = Spatial::pooling;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /model/spatial: pooling does not go with /recipe/task"));
  c = small();
  c.model.stem = Stem::conv3;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /model/stem: conv3 does not go with /recipe/task"));
  for (const Downsampling mixing : {Downsampling::in_block, Downsampling::overlapping}) {
    c = small();
    c.model.downsampling = mixing;
    CHECK_THAT(refused(c), ContainsSubstring("x.json: /model/downsampling: " + std::string(to_name(mixing))));
  }
  c = small();
  c.model = named("swin_tiny");
  c.data.image_size_px = 224;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /model/spatial: shifted_window_attention does not go with"));
}

TEST_CASE("Images, shares and starts that do not go with masked autoencoding are refused", "[plan]") {
  Configuration c = small();
  c.data.image_size_px = 36;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /data/image_size_px: found 36, allowed are multiples of 8"));
  c = small();
  c.recipe.hidden_share = 0.99;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /recipe/hidden_share: 0.99 leaves none of the 16 cells visible"));
  c = small();
  c.init.weights = "a.safetensors";
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /init/weights: a.safetensors does not go with /recipe/task"));
  c = small();
  c.init.freeze = Freeze::stem;
  CHECK_THAT(refused(c), ContainsSubstring("x.json: /init/freeze: stem does not go with /recipe/task"));
}

}  // namespace masked_autoencoder_test
