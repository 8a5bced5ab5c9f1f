#include "staircase/formats/weights_file.h"

#include "formats/files.h"
#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace weights_file_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::tests;

TEST_CASE("The extension picks the format written, the content the format read", "[formats]") {
  TemporaryFolder folder;
  const TensorFile content{{{"w", torch::rand({3})}}, {{"k", "v"}}};
  for (const char* name : {"a.safetensors", "a.pth", "a.pt"}) {
    write_weights(folder / name, content);
    std::filesystem::rename(folder / name, folder / "weights");
    const TensorFile read = read_weights(folder / "weights");
    CHECK(read.tensors.at(0).second.equal(content.tensors[0].second));
    CHECK(read.metadata == content.metadata);
  }
  CHECK_THROWS_WITH(write_weights(folder / "a.onnx", content), ContainsSubstring("\".onnx\""));
}

TEST_CASE("A header as long as a pickle's first byte is still .safetensors", "[formats]") {
  TemporaryFolder folder;
  std::string header = R"({"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  header.resize(128, ' ');
  write_file_atomically(folder / "x", safetensors_bytes(header, "\1"));
  CHECK(read_weights(folder / "x").tensors.size() == 1);
  CHECK_THROWS_WITH(read_weights(folder / "x", "model"), ContainsSubstring("no keys"));
}

TEST_CASE("A file of no weights format is refused", "[formats]") {
  TemporaryFolder folder;
  for (const char* content : {"", "hello", "\x89PNG\r\n"}) {
    write_file_atomically(folder / "x", std::string(content));
    CHECK_THROWS_WITH(read_weights(folder / "x"), ContainsSubstring("no weights file"));
  }
}

TEST_CASE("A TorchScript file is told from a weights file", "[formats]") {
  CHECK_THROWS_WITH(read_weights(reference_weights("written_by_1_13.pt")), ContainsSubstring("is a TorchScript file"));
}

}  // namespace weights_file_test
