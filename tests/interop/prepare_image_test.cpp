#include "staircase/interop/prepare_image.h"

#include "staircase/base/files.h"
#include "staircase/data/decode.h"
#include "staircase/data/encode.h"
#include "staircase/data/sample_reader.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace prepare_image_test {

using namespace staircase;
using namespace staircase::interop;

namespace {

class OneFile : public data::Dataset {
 public:
  explicit OneFile(std::filesystem::path path) : path_(std::move(path)) {}
  size_t size() const override { return 1; }
  data::Image image(size_t) const override { return data::decode_image(path_); }
  data::ImagePart part(size_t, const data::ChoosePart& choose) const override {
    return data::decode_part(path_, choose);
  }
  int64_t label(size_t) const override { return 0; }
  std::string name(size_t) const override { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// A slope with a pattern, so that every pixel counts.
std::string some_jpeg(int width, int height) {
  data::Image image(width, height, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(i / 7 + i % 61);
  return data::encode_jpeg(image, 90);
}

}  // namespace

TEST_CASE("A file is prepared as the loader of the validation images reads it, decoded whole or scaled", "[interop]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "x.jpg", some_jpeg(300, 200));
  std::vector<torch::Tensor> prepared;
  for (const config::Decode decode : {config::Decode::full, config::Decode::scaled}) {
    ModelDescription description;
    description.model.in_channels = 3;
    description.data.image_size_px = 40;
    description.data.decode = decode;
    data::SampleReader reader(std::make_shared<OneFile>(folder / "x.jpg"), description.data, description.recipe,
                              data::LoaderMode::eval, 0, 3);
    torch::Tensor sample = torch::empty({1, 40, 40, 3});
    reader.read(0, 0, 0, sample.data_ptr<float>());
    prepared.push_back(prepare_file(folder / "x.jpg", description));
    CHECK(torch::equal(prepared.back(), sample.permute({0, 3, 1, 2})));
  }
  CHECK_FALSE(torch::equal(prepared[0], prepared[1]));
}

TEST_CASE("A file is turned gray for a network of one channel, and refused for one of two", "[interop]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "x.jpg", some_jpeg(50, 40));
  ModelDescription description;
  description.model.in_channels = 1;
  CHECK(torch::equal(prepare_file(folder / "x.jpg", description),
                     prepare_image(data::decode_image(folder / "x.jpg"), description)));
  description.model.in_channels = 2;
  CHECK_THROWS_AS(prepare_file(folder / "x.jpg", description), std::invalid_argument);
}

}  // namespace prepare_image_test
