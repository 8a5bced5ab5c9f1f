#include <cstring>
#include <fstream>

#include "execution/small_run.h"
#include "staircase/data/pack.h"
#include "support/catch.h"
#include "support/reference.h"

namespace pack_run_test {

using namespace staircase;
namespace fs = std::filesystem;
using tests::TemporaryFolder;

namespace {

/// Runs an experiment on photographs of two classes; returns the folder of its run.
fs::path train_on(const char* kind, const fs::path& data, const fs::path& out) {
  config::Json content = tests::single_run();
  content["base"]["data"] = {{"kind", kind}, {"path", data.string()}, {"image_size_px", 32}};
  content["base"]["recipe"]["batch_size"] = 4;
  content["base"]["recipe"]["micro_batch_size"] = 0;
  tests::Listener listener;
  tests::run(content, out, listener, true);
  CHECK(listener.failed.empty());
  return tests::only_run(out);
}

/// What a weights file holds after its header, which names the data set.
std::string numbers_of(const fs::path& weights) {
  const std::string bytes = read_file(weights);
  uint64_t header = 0;
  REQUIRE(bytes.size() > sizeof header);
  std::memcpy(&header, bytes.data(), sizeof header);
  REQUIRE(bytes.size() > sizeof header + header);
  return bytes.substr(sizeof header + header);
}

}  // namespace

TEST_CASE("A run on shards gives the bytes of the run on the folder that was packed, under its name", "[execution]") {
  const TemporaryFolder folder;
  for (const std::string part : {"train", "val"})
    for (const std::string name : {"cat", "dog"}) {
      const fs::path its = folder / ("photographs/" + part + "/" + name);
      fs::create_directories(its);
      for (const std::string source : {"rgb.jpg", "progressive.jpg", "orientation_6.jpg", "gray.png"})
        fs::copy_file(tests::reference_file("images/" + source), its / source);
    }
  data::pack_folder(folder / "photographs", folder / "packed", {});
  const fs::path of_folder = train_on("image_folder", folder / "photographs", folder / "a/results");
  const fs::path of_shards = train_on("shards", folder / "packed", folder / "b/results");
  CHECK(of_folder.filename() == of_shards.filename());
  for (const std::string file : {"metrics.jsonl", "summary.json"}) {
    INFO(file);
    CHECK(read_file(of_folder / file) == read_file(of_shards / file));
  }
  CHECK(numbers_of(of_folder / "weights.safetensors") == numbers_of(of_shards / "weights.safetensors"));
}

}  // namespace pack_run_test
