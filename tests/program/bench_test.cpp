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

}  // namespace bench_test
