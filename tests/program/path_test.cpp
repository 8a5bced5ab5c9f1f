// The walk between two networks, as a user asks for it and trains it.
#include "program/program.h"

namespace path_test {

using namespace staircase;
using namespace staircase::tests;

TEST_CASE("A path names every edit with its cost, and attention's products apart", "[program]") {
  const WorkFolder work;
  const config::Json path = ask({"path", "convnext_tiny", "convnextv2_tiny", "--json"}).json();
  CHECK(path.at("start").at("params") == 28589128);
  REQUIRE(path.at("steps").size() == 2);
  CHECK(path["steps"][0].at("name") == "layer_scale_init_0.0");
  CHECK(path["steps"][1] == config::Json{{"name", "grn_true"},
                                         {"pointer", "/model/grn"},
                                         {"from", false},
                                         {"to", true},
                                         {"params", 28635496},
                                         {"macs", 4455531264},
                                         {"product_macs", 0}});
  const Answer table = ask({"path", "swin_tiny", "convnext_tiny"});
  CHECK(table.status == 0);
  CHECK_THAT(table.out, ContainsSubstring("/model/spatial shifted_window_attention -> depthwise") &&
                            ContainsSubstring("products") && ContainsSubstring("0.140 G"));
}

TEST_CASE("A path's experiment runs as it is", "[program]") {
  const WorkFolder work;
  WorkFolder::write("small.json", R"({"from": "swin_tiny", "depths": [1, 2], "width_factor": 0.125})");
  WorkFolder::write("end.json", R"({"from": "convnext_tiny", "depths": [1, 2], "width_factor": 0.125})");
  const Answer walk =
      ask({"path", "small.json", "end.json", "--prefer", "macs", "--experiment", "walk.json", "--json"});
  REQUIRE(walk.status == 0);
  apps::Words words{"run", "walk.json", "--out", "results", "--json"};
  for (const char* assignment : {"/recipe/epochs=1", "/recipe/warmup_epochs=0", "/recipe/batch_size=16",
                                 "/data/train_images=32", "/data/val_images=16", "/data/image_size_px=32"})
    words.insert(words.end(), {"--set", assignment});
  const Answer run = ask(words);
  INFO(run.err);
  REQUIRE(run.status == 0);
  size_t runs = 0;
  for (const auto& entry : std::filesystem::directory_iterator("results/runs")) runs += entry.is_directory();
  CHECK(runs == walk.json().at("steps").size() + 1);
}

TEST_CASE("A path that cannot be asked for is refused", "[program]") {
  const WorkFolder work;
  refuse(2, "--prefer: found \"speed\", allowed is macs", {"path", "resnet50", "swin_tiny", "--prefer", "speed"});
  refuse(2, "did you mean \"swin_tiny\"", {"path", "resnet50", "swin_tny"});
  refuse(2, "deit_small and vit_small_patch16 are the same network",
         {"path", "deit_small", "vit_small_patch16", "--experiment", "walk.json"});
}

TEST_CASE("A last stage of one position is warned of", "[program]") {
  const WorkFolder work;
  CHECK_THAT(ask({"describe", "convnext_tiny", "--image-size", "32"}).err,
             ContainsSubstring("warning: at 32 px the last stage has one position"));
  CHECK(ask({"describe", "convnext_tiny", "--image-size", "64"}).err.empty());
  CHECK(ask({"describe", "convnext_tiny", "--image-size", "32", "--set", "/model/stem=patchify2"}).err.empty());
}

}  // namespace path_test
