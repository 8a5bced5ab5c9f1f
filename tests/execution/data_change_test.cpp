#include "execution/small_run.h"
#include "support/catch.h"

namespace data_change_test {

using namespace staircase;
using config::Json;
using tests::Listener;
using tests::only_run;
using tests::refusal;
using tests::run;
using tests::stop_in_the_middle;
namespace fs = std::filesystem;

namespace {

/// An IDX file of bytes.
std::string idx(const std::vector<size_t>& sizes, const std::string& bytes) {
  std::string text{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (size_t size : sizes)
    text += std::string{'\0', '\0', static_cast<char>(size >> 8), static_cast<char>(size & 255)};
  return text + bytes;
}

/// Gray images of 8 px in two classes.
void write_images(const fs::path& folder, size_t train_images) {
  make_folder(folder);
  for (const auto& [part, count] : {std::pair<std::string, size_t>{"train", train_images}, {"t10k", 16}}) {
    std::string labels, pixels;
    for (size_t i = 0; i < count; ++i) {
      labels += static_cast<char>(i % 2);
      for (size_t p = 0; p < 64; ++p) pixels += static_cast<char>((i * 37 + p * (i % 2 ? 3 : 1)) % 256);
    }
    write_file_atomically(folder / (part + "-labels-idx1-ubyte"), idx({count}, labels));
    write_file_atomically(folder / (part + "-images-idx3-ubyte"), idx({count, 8, 8}, pixels));
  }
}

Json on_images(const fs::path& folder) {
  Json content = tests::single_run();
  content["base"]["data"] = {{"kind", "idx"}, {"path", folder.string()}, {"image_size_px", 16}};
  return content;
}

}  // namespace

TEST_CASE("A stopped run does not go on when images were added to its data, and says so", "[execution]") {
  const tests::TemporaryFolder folder;
  write_images(folder / "images", 80);
  const Json content = on_images(folder / "images");
  stop_in_the_middle(content, folder / "out", 7);
  const std::string before = read_file(folder / "out/experiment.json");
  write_images(folder / "images", 112);
  Listener listener;
  CHECK(refusal([&] { run(content, folder / "out", listener); }) ==
        (folder / "images").string() + ": is not the data that the runs in " + (folder / "out").string() +
            " were trained on: train: 80 images there and 112 here (class 0: 40 and 56); use another --out");
  CHECK(listener.first_step.empty());
  CHECK(read_file(folder / "out/experiment.json") == before);
  execution::RunOptions options;
  options.folder = folder / "out";
  CHECK_THROWS_AS(plan_run(experiment::resolve_experiment(content, "x.json"), options), RequestError);
}

TEST_CASE("A stopped run goes on when its data moved, to the same numbers", "[execution]") {
  const tests::TemporaryFolder folder;
  write_images(folder / "images", 80);
  Listener undisturbed, moved, with_override;
  run(on_images(folder / "images"), folder / "whole", undisturbed);
  stop_in_the_middle(on_images(folder / "images"), folder / "out", 7);
  fs::rename(folder / "images", folder / "moved");
  run(on_images(folder / "moved"), folder / "out", moved);
  CHECK(moved.first_step == std::map<std::string, int64_t>{{"single@0", 8}});
  CHECK(only_run(folder / "out").filename() == only_run(folder / "whole").filename());
  for (const char* file : {"metrics.jsonl", "summary.json"})
    CHECK(read_file(only_run(folder / "out") / file) == read_file(only_run(folder / "whole") / file));
  CHECK(config::read_json_file(folder / "out/experiment.json")["base"]["data"]["path"] == (folder / "moved").string());
  fs::rename(folder / "moved", folder / "again");
  Json content = on_images(folder / "moved");
  content["override"] = {{"/data/path", (folder / "again").string()}};
  run(content, folder / "out", with_override);
  CHECK(with_override.ended.empty());  // it is done
}

}  // namespace data_change_test
