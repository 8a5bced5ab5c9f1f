#include <torch/csrc/jit/api/module.h>
#include <torch/types.h>

#include "program/program.h"

namespace bench_test {

using namespace staircase;
using namespace staircase::tests;

namespace {

config::Json bench(std::vector<std::string> words) {
  words.insert(words.begin(), "bench");
  words.insert(words.end(), {"--seconds", "0.05", "--json"});
  const Answer answer = ask(words);
  REQUIRE(answer.status == 0);
  return answer.json();
}

/// A file that others made: no network that we know is in it.
void write_torchscript(const std::string& file, const std::string& forward) {
  torch::jit::Module module("m");
  module.define("def forward(self, x):\n    return " + forward + "\n");
  module.save(file);
}

void export_net(const std::vector<std::string>& rest) {
  std::vector<std::string> words{"export", "--model", "net.json", "--image-size", "32"};
  words.insert(words.end(), rest.begin(), rest.end());
  REQUIRE(ask(words).status == 0);
}

double sum_of_shares(const config::Json& profile) {
  double sum = 0;
  for (const config::Json& part : profile.at("parts")) sum += part.at("share").get<double>();
  return sum;
}

}  // namespace

TEST_CASE("A profile's shares are those of a whole step, of a network and of an experiment", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  for (const config::Json& profile : {bench({"x.json", "--profile", "--workers", "1"}),
                                      bench({"resnet50", "--profile", "--set", "/model/width_factor=0.0625",
                                             "--image-size", "32", "--batch-size", "2"})}) {
    CHECK(sum_of_shares(profile) == Approx(1).epsilon(1e-6));
    CHECK(profile.at("parts").size() > 8);
    CHECK(profile.at("step_ms") > 0);
  }
}

TEST_CASE("A field of the recipe that a measurement does not use is refused", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  WorkFolder::write("net.json", R"({"depths": [1], "width_factor": 0.0625})");
  refuse(2, "/recipe/learning_rate: changes nothing here", {"bench", "net.json", "--set", "/recipe/learning_rate=1"});
  const std::vector<std::string> small{"net.json",
                                       "--image-size",
                                       "32",
                                       "--set",
                                       "/recipe/batch_size=2",
                                       "--set",
                                       "/recipe/checkpoint_activations=true"};
  CHECK(bench(small).at("batch_size") == 2);
  CHECK(bench({"net.json", "--image-size", "32", "--batch-size", "2", "--profile", "--set", "/recipe/optimizer=sgd"})
            .at("step_ms") > 0);
}

TEST_CASE("What is measured of an experiment is its first row, with overrides and --set", "[program]") {
  const WorkFolder work;
  config::Json experiment = tiny_experiment();
  experiment["override"] = {{"/recipe/batch_size", 4}};
  write_experiment(experiment);
  const config::Json as_written = bench({"x.json"}), set = bench({"x.json", "--set", "/model/depths=[1]"});
  CHECK(as_written.at("batch_size") == 4);
  CHECK(set.at("params") < as_written.at("params"));
  CHECK(bench({"x.json", "--loader", "--set", "/recipe/batch_size=8"}).at("batch_size") == 8);
}

TEST_CASE("An exported file is measured as it is, beside the network in it", "[program]") {
  const WorkFolder work;
  WorkFolder::write("net.json", R"({"depths": [1], "width_factor": 0.0625})");
  export_net({"--out", "net.pt"});
  const config::Json file = bench({"net.pt", "--batch-size", "2"});
  CHECK(file.at("model") == "net.pt");
  CHECK(file.at("image_size") == 32);
  CHECK(file.at("precision") == "fp32");
  CHECK(file.at("images_per_second") > 0);
  CHECK(file.at("latency_ms_min") <= file.at("latency_ms_median"));
  CHECK(file.at("network").at("images_per_second") > 0);
  CHECK(file.at("network").at("latency_ms_median") > 0);
  CHECK_THAT(ask({"bench", "net.pt", "--batch-size", "2", "--seconds", "0.05"}).out,
             ContainsSubstring("LibTorch") && ContainsSubstring("the network") && ContainsSubstring("images/s"));
  CHECK(bench({"net.pt", "--image-size", "48", "--batch-size", "2"}).at("image_size") == 48);
}

TEST_CASE("A file that prepares its images is measured with photographs of the size that is asked for", "[program]") {
  const WorkFolder work;
  WorkFolder::write("net.json", R"({"depths": [1], "width_factor": 0.0625})");
  export_net({"--out", "net.pt", "--include-preprocessing"});
  const config::Json file = bench({"net.pt", "--image-size", "80", "--batch-size", "2"});
  CHECK(file.at("preprocessing") == true);
  CHECK(file.at("image_size") == 80);
  CHECK(file.at("network").at("images_per_second") > 0);
}

TEST_CASE("A TorchScript file of others is measured alone", "[program]") {
  const WorkFolder work;
  write_torchscript("other.pt", "x.reshape([-1, 3072]).sum(1)");
  const config::Json file = bench({"other.pt", "--image-size", "32"});
  CHECK(file.at("network").is_null());
  CHECK(file.at("precision").is_null());
  CHECK(file.at("images_per_second") > 0);
}

TEST_CASE("A file that cannot be measured is refused with its reason", "[program]") {
  const WorkFolder work;
  WorkFolder::write("junk.pt", "no zip file");
  WorkFolder::write("junk.onnx", "no protobuf");
  std::filesystem::create_directory("folder.pt");
  write_torchscript("other.pt", "x.reshape([-1, 3072]).sum(1)");
  write_torchscript("pair.pt", "(x, x)");
  refuse(2, "absent.pt: cannot be read: No such file", {"bench", "absent.pt"});
  refuse(2, "folder.pt: is a folder", {"bench", "folder.pt"});
  refuse(2, "junk.pt: is no TorchScript file", {"bench", "junk.pt"});
  refuse(2, "absent.onnx: cannot be read: No such file", {"bench", "absent.onnx"});
  refuse(2, "ONNX Runtime", {"bench", "junk.onnx"});
  refuse(2, "other.pt: does not take images of shape (1, 3, 31, 31): ", {"bench", "other.pt", "--image-size", "31"});
  refuse(2, "pair.pt: does not take images of shape (1, 3, 224, 224): it gives a Tuple", {"bench", "pair.pt"});
  refuse(2, "--profile: goes with a network or an experiment", {"bench", "other.pt", "--profile"});
  refuse(2, "--precision: is fixed in other.pt", {"bench", "other.pt", "--precision", "bf16"});
}

}  // namespace bench_test
