#include "staircase/interop/safetensors.h"

#include "support/catch.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::interop;
using tests::TemporaryFolder;

TEST_CASE("Every type and shape comes back from .safetensors to the bit", "[interop]") {
  TemporaryFolder folder;
  TensorFile content;
  content.metadata = {{"config", "{\"a\": 1}"}, {"quote", "\"\n"}};
  const auto add = [&](const std::string& name, torch::Tensor tensor) {
    content.tensors.emplace_back(name, std::move(tensor));
  };
  add("bool", torch::tensor({true, false, true}));
  for (auto type : {torch::kDouble, torch::kFloat, torch::kHalf, torch::kBFloat16, torch::kLong,
                    torch::kInt, torch::kShort, torch::kChar, torch::kByte})
    add(std::string("t") + std::to_string(static_cast<int>(type)),
        (torch::rand({3, 5}, torch::kDouble) * 100).to(type));
  add("scalar", torch::tensor(7, torch::kLong));
  add("empty", torch::empty({3, 0, 2}));
  add("last", torch::rand({2, 3, 4, 5}).contiguous(torch::MemoryFormat::ChannelsLast));
  write_safetensors(folder / "a.safetensors", content);
  const TensorFile read = read_safetensors(folder / "a.safetensors");
  CHECK(read.metadata == content.metadata);
  REQUIRE(read.tensors.size() == content.tensors.size());
  for (size_t i = 0; i < read.tensors.size(); ++i) {
    CAPTURE(content.tensors[i].first);
    CHECK(read.tensors[i].first == content.tensors[i].first);
    CHECK(read.tensors[i].second.dtype() == content.tensors[i].second.dtype());
    CHECK(read.tensors[i].second.equal(content.tensors[i].second));
    CHECK(read.tensors[i].second.is_contiguous());
  }
}
