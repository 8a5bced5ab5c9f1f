// Files that Python's torch.save wrote: tests/reference/make_weights.py.
#include "staircase/formats/pth.h"

#include <algorithm>

#include "formats/files.h"
#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace pth_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::tests;

namespace {

/// start, start + 0.5, start + 1, ...: as make_weights.py fills its tensors.
torch::Tensor ramp(torch::IntArrayRef sizes, double start = -1.0) {
  int64_t count = 1;
  for (int64_t size : sizes) count *= size;
  return (torch::arange(count, torch::kDouble) * 0.5 + start).to(torch::kFloat).reshape(sizes);
}

torch::Tensor tensor(const TensorFile& content, const std::string& name) {
  const auto found = std::find_if(content.tensors.begin(), content.tensors.end(),
                                  [&](const auto& pair) { return pair.first == name; });
  return found == content.tensors.end() ? torch::Tensor() : found->second;
}

std::vector<std::string> names(const TensorFile& content) {
  std::vector<std::string> all;
  for (const auto& [name, value] : content.tensors) all.push_back(name);
  return all;
}

void check_views(const TensorFile& read) {
  CHECK(names(read) == std::vector<std::string>{"base", "middle", "transposed", "parameter"});
  const torch::Tensor base = ramp({12});
  CHECK(tensor(read, "base").equal(base));
  CHECK(tensor(read, "middle").equal(base.slice(0, 3, 9).view({2, 3})));
  CHECK(tensor(read, "transposed").equal(base.view({3, 4}).t()));
  CHECK(tensor(read, "parameter").equal(base.slice(0, 1, 12, 2)));
}

}  // namespace

TEST_CASE("Every type that Python saves is read as it is", "[formats][reference]") {
  const TensorFile read = read_pth(reference_weights("every_type.pth"));
  REQUIRE(read.tensors.size() == 13);
  for (auto [name, type] : {std::pair("float64", torch::kDouble), std::pair("float32", torch::kFloat),
                            std::pair("float16", torch::kHalf), std::pair("bfloat16", torch::kBFloat16)}) {
    CAPTURE(name);
    CHECK(tensor(read, name).equal(ramp({2, 3}).to(type)));
  }
  for (auto [name, type] : {std::pair("int64", torch::kLong), std::pair("int32", torch::kInt),
                            std::pair("int16", torch::kShort), std::pair("int8", torch::kChar)}) {
    CAPTURE(name);
    CHECK(tensor(read, name).equal(torch::arange(-2, 4, type).view({2, 3})));
  }
  CHECK(tensor(read, "uint8").equal(torch::arange(6, torch::kByte).view({2, 3})));
  CHECK(tensor(read, "bool").equal(torch::tensor({true, false, true})));
  CHECK(tensor(read, "scalar").equal(torch::tensor(7)));
  CHECK(tensor(read, "empty").sizes() == torch::IntArrayRef{3, 0, 2});
  CHECK(tensor(read, "channels_last").equal(ramp({2, 3, 2, 2})));
}

TEST_CASE("Views of one storage share it and show their part", "[formats][reference]") {
  const TensorFile read = read_pth(reference_weights("views.pth"));
  check_views(read);
  CHECK(tensor(read, "base").storage().data() == tensor(read, "transposed").storage().data());
}

TEST_CASE("Pickle protocol 4 and the entries of newer versions are read alike", "[formats][reference]") {
  check_views(read_pth(reference_weights("protocol4.pth")));
  check_views(read_pth(reference_weights("newer_layout.pth")));
}

TEST_CASE("A training checkpoint gives its model, without module., and skips the rest", "[formats][reference]") {
  const TensorFile read = read_pth(reference_weights("checkpoint.pth"));
  CHECK(names(read) == std::vector<std::string>{"stem.weight", "stem.bias"});
  CHECK(tensor(read, "stem.weight").equal(ramp({4, 3, 1, 1})));
  const TensorFile average = read_pth(reference_weights("checkpoint.pth"), "model_ema");
  CHECK(tensor(average, "stem.bias").equal(ramp({4}, 0.0)));
  CHECK(names(read_pth(reference_weights("checkpoint.pth"), "other")) == std::vector<std::string>{"w"});
}

TEST_CASE("A key that a checkpoint lacks is answered with those it has", "[formats][reference]") {
  CHECK_THROWS_WITH(read_pth(reference_weights("checkpoint.pth"), "model_em"),
                    ContainsSubstring("holds no key \"model_em\", it holds epoch, args, optimizer") &&
                        ContainsSubstring("did you mean \"model_ema\"?"));
  CHECK_THROWS_WITH(read_pth(reference_weights("checkpoint.pth"), "epoch"),
                    ContainsSubstring("no state dict under the key \"epoch\""));
}

TEST_CASE("A class that could act is refused by its name and nothing happens", "[formats][reference]") {
  CHECK_THROWS_WITH(read_pth(reference_weights("hostile.pth")), ContainsSubstring("\"posix.system\""));
  CHECK_FALSE(std::filesystem::exists("/tmp/staircase-was-here"));
}

TEST_CASE("A value that contains itself is refused", "[formats][reference]") {
  CHECK_THROWS_WITH(read_pth(reference_weights("loop.pth")), ContainsSubstring("contains itself"));
}

TEST_CASE("The format from before PyTorch 1.6 is refused with what to do", "[formats][reference]") {
  CHECK_THROWS_WITH(read_pth(reference_weights("legacy.pth")), ContainsSubstring("torch.save it again"));
}

TEST_CASE("Every type and shape comes back from .pth to the bit", "[formats]") {
  TemporaryFolder folder;
  TensorFile content;
  content.metadata = {{"config", "{\"a\": [1]}"}};
  for (auto type : {torch::kDouble, torch::kFloat, torch::kHalf, torch::kBFloat16, torch::kLong, torch::kInt,
                    torch::kShort, torch::kChar, torch::kByte, torch::kBool})
    content.tensors.emplace_back(torch::toString(type), (torch::rand({3, 500}, torch::kDouble) * 2).to(type));
  content.tensors.emplace_back("scalar", torch::tensor(7));
  content.tensors.emplace_back("empty", torch::empty({3, 0, 2}));
  content.tensors.emplace_back("channels_last",
                               torch::rand({2, 3, 4, 5}).contiguous(torch::MemoryFormat::ChannelsLast));
  write_pth(folder / "a.pth", content);
  const TensorFile read = read_pth(folder / "a.pth");
  CHECK(read.metadata == content.metadata);
  REQUIRE(names(read) == names(content));
  for (size_t i = 0; i < read.tensors.size(); ++i) {
    CAPTURE(read.tensors[i].first);
    CHECK(read.tensors[i].second.dtype() == content.tensors[i].second.dtype());
    CHECK(read.tensors[i].second.equal(content.tensors[i].second));
    CHECK(read.tensors[i].second.is_contiguous());
  }
  write_pth(folder / "b.pth", content);
  CHECK(read_file(folder / "a.pth") == read_file(folder / "b.pth"));
}

}  // namespace pth_test
