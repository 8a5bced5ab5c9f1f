#include "staircase/train/run_files.h"

#include "staircase/base/files.h"
#include "staircase/config/image_outcomes.h"
#include "staircase/config/json_lines.h"
#include "staircase/interop/model_file.h"
#include "staircase/nn/initialize.h"
#include "support/catch.h"
#include "support/temporary_folder.h"
#include "train/small_job.h"

namespace run_files_test {

using namespace staircase;
using namespace staircase::train;
namespace fs = std::filesystem;

namespace {

nn::Classifier network(uint64_t seed) {
  nn::Classifier model(tests::small_configuration().model);
  nn::initialize(model, seed);
  return model;
}

bool holds(const fs::path& file, const nn::Classifier& model, const std::string& which) {
  const auto read = interop::open_model_file(file);
  if (read.tensors.metadata.at("staircase.weights") != which) return false;
  const auto parameters = interop::build_model(read)->named_parameters();
  for (const auto& item : model.named_parameters())
    if (!torch::equal(item.value(), parameters[item.key()])) return false;
  return true;
}

}  // namespace

TEST_CASE("Beside an average's weights the raw ones are written, and each file says which it holds", "[train]") {
  const tests::TemporaryFolder folder;
  const nn::Classifier raw = network(0), average = network(1);
  const TrainJob both = tests::job_in(folder / "both"), one = tests::job_in(folder / "one");
  for (const TrainJob* job : {&both, &one}) fs::create_directories(job->folder);
  RunFiles(both).write_weights(raw, &average);
  CHECK(holds(both.folder / "weights.safetensors", average, "ema"));
  CHECK(holds(both.folder / "weights_raw.safetensors", raw, "raw"));
  RunFiles(one).write_weights(raw, nullptr);
  CHECK(holds(one.folder / "weights.safetensors", raw, "raw"));
  CHECK_FALSE(fs::exists(one.folder / "weights_raw.safetensors"));
}

TEST_CASE("metrics.jsonl has a line an object, timing.jsonl grows by a line a call", "[train]") {
  const tests::TemporaryFolder folder;
  const TrainJob job = tests::job_in(folder / "run");
  fs::create_directories(job.folder);
  const RunFiles files(job);
  files.write_metrics(config::Json::array({{{"epoch", 1}}, {{"epoch", 2}}}));
  CHECK(read_file(job.folder / "metrics.jsonl") == "{\"epoch\":1}\n{\"epoch\":2}\n");
  files.append_times({1, 2.5, 0.5, 80});
  files.append_times({2, 2.0, 0.5, 80});
  const auto lines = config::read_json_lines(job.folder / "timing.jsonl", "timing.jsonl").lines;
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].at("train_seconds") == 2.5);
  CHECK(lines[1].at("epoch") == 2);
  CHECK(lines[1].at("train_images") == 80);
  CHECK(lines[1].at("peak_memory_mb").get<double>() > 1);
}

TEST_CASE("Which images a run classified correctly is kept a bit each, and the validation set by its name", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = tests::job_in(folder / "run");
  fs::create_directories(job.folder);
  std::vector<ClassResults> results(2);
  const torch::Tensor labels = torch::tensor({0, 1, 1}, torch::kLong);
  results[0].add(torch::tensor({{2.0, 1.0}, {2.0, 1.0}, {1.0, 2.0}}), labels);
  results[1].add(torch::tensor({{2.0, 1.0}, {1.0, 2.0}, {1.0, 2.0}}), labels);
  const auto written = [&] {
    RunFiles(job).write_image_outcomes(results);
    return config::read_image_outcomes(job.folder / "correct.bits").value();
  };
  const config::ImageOutcomes outcomes = written();
  CHECK(outcomes.raw == std::vector<bool>{true, false, true});
  CHECK(outcomes.average == std::vector<bool>{true, true, true});
  job.configuration.data.image_size_px *= 2;  // the same images, larger
  CHECK(written().validation_set == outcomes.validation_set);
  ++job.configuration.data.shapes_seed;
  CHECK(written().validation_set != outcomes.validation_set);
}

TEST_CASE("Photographs make one validation set in a folder and in shards, decoded whole or scaled", "[train]") {
  const tests::TemporaryFolder folder;
  TrainJob job = tests::job_in(folder / "run");
  fs::create_directories(job.folder);
  std::vector<ClassResults> results(1);
  results[0].add(torch::tensor({{2.0, 1.0}, {1.0, 2.0}}), torch::tensor({0, 1}, torch::kLong));
  const auto name = [&](config::DataKind kind, config::Decode decode) {
    job.configuration.data.kind = kind;
    job.configuration.data.decode = decode;
    RunFiles(job).write_image_outcomes(results);
    return config::read_image_outcomes(job.folder / "correct.bits").value().validation_set;
  };
  using config::DataKind, config::Decode;
  const std::string expected = name(DataKind::image_folder, Decode::full);
  CHECK(name(DataKind::shards, Decode::full) == expected);
  CHECK(name(DataKind::image_folder, Decode::scaled) == expected);
  CHECK(name(DataKind::cifar10, Decode::full) != expected);
}

TEST_CASE("A file of a run that cannot be written is named", "[train]") {
  const tests::TemporaryFolder folder;
  const TrainJob job = tests::job_in(folder / "absent");
  CHECK_THROWS_WITH(RunFiles(job).write_summary({{"top1", 1.0}}), ContainsSubstring("absent"));
}

}  // namespace run_files_test
