// Runs that keep the inputs of blocks alone beside runs that keep all.
#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace checkpoint_activations_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;

namespace {

config::Configuration resnet() { return tests::small_configuration(); }

/// Of ConvNeXt's blocks, with LayerScale.
config::Configuration convnext() {
  config::Configuration c = tests::small_configuration();
  c.model.stem = config::Stem::patchify4;
  c.model.spatial = config::Spatial::depthwise;
  c.model.block = config::BlockShape::inverted_bottleneck;
  c.model.spatial_position = config::SpatialPosition::first;
  c.model.kernel_size = 7;
  c.model.norm = config::Norm::layer;
  c.model.activation = config::Activation::gelu;
  c.model.norms_per_block = c.model.activations_per_block = 1;
  c.model.downsampling = config::Downsampling::separate;
  c.model.layer_scale_init = 0.1;
  return c;
}

void check_same_results(const fs::path& a, const fs::path& b) {
  for (const char* name :
       {"metrics.jsonl", "summary.json", "correct.bits", "weights.safetensors", "weights_raw.safetensors"}) {
    INFO(name);
    CHECK((read_file(a / name) == read_file(b / name)));
  }
}

fs::path train_with(config::Configuration c, bool checkpoint_activations, const fs::path& folder) {
  c.recipe.checkpoint_activations = checkpoint_activations;
  tests::train_through(tests::job_in(folder, c));
  return folder;
}

}  // namespace

TEST_CASE("Checkpointed activations change no bit of a run, in either precision and with micro-batches", "[train]") {
  const tests::TemporaryFolder folder;
  int64_t number = 0;
  for (config::Configuration c : {resnet(), convnext()})
    for (const config::Precision precision : {config::Precision::fp32, config::Precision::bf16})
      for (const int64_t micro : {0, 8}) {
        INFO(config::to_name(c.model.norm)
             << " norm, " << config::to_name(precision) << ", micro-batches of " << micro);
        c.recipe.precision = precision;
        c.recipe.micro_batch_size = micro;
        const std::string name = std::to_string(number++);
        check_same_results(train_with(c, false, folder / ("kept" + name)),
                           train_with(c, true, folder / ("twice" + name)));
      }
}

TEST_CASE("Checkpointed activations change no bit of a run of which a part is frozen", "[train]") {
  const tests::TemporaryFolder folder;
  config::Configuration c = resnet();
  train_with(c, false, folder / "first");
  c.init = {(folder / "first/weights.safetensors").string(), false, config::Freeze::stage_1};
  check_same_results(train_with(c, false, folder / "kept"), train_with(c, true, folder / "twice"));
}

TEST_CASE("A run that was begun without checkpointed activations goes on with them to the same bytes", "[train]") {
  const tests::TemporaryFolder folder;
  train_with(resnet(), false, folder / "through");
  TrainJob job = tests::job_in(folder / "changed", resnet());
  tests::StopAfter observer(7);
  CHECK_THROWS_AS(train::train(job, observer, observer.stop), Interrupted);
  job.configuration.recipe.checkpoint_activations = true;
  tests::train_through(job);
  check_same_results(folder / "through", folder / "changed");
}

}  // namespace checkpoint_activations_test
