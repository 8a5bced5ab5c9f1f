#include "staircase/formats/safetensors.h"

#include "formats/files.h"
#include "formats/memory_growth.h"
#include "staircase/base/errors.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace safetensors_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::tests;

namespace {

TensorFile every_type() {
  TensorFile content;
  content.metadata = {{"config", "{\"a\": 1}"}, {"quote", "\"\n\xc3\xa9"}};
  const auto add = [&](const std::string& name, torch::Tensor tensor) {
    content.tensors.emplace_back(name, std::move(tensor));
  };
  add("bool", torch::tensor({true, false, true}));
  for (auto type : {torch::kDouble, torch::kFloat, torch::kHalf, torch::kBFloat16, torch::kLong, torch::kInt,
                    torch::kShort, torch::kChar, torch::kByte})
    add(torch::toString(type), (torch::rand({3, 5}, torch::kDouble) * 100).to(type));
  add("scalar", torch::tensor(7, torch::kLong));
  add("empty", torch::empty({3, 0, 2}));
  add("channels_last", torch::rand({2, 3, 4, 5}).contiguous(torch::MemoryFormat::ChannelsLast));
  add("transposed", torch::rand({4, 5}).t());
  return content;
}

void check_equal(const TensorFile& read, const TensorFile& written) {
  CHECK(read.metadata == written.metadata);
  REQUIRE(read.tensors.size() == written.tensors.size());
  for (size_t i = 0; i < read.tensors.size(); ++i) {
    const auto& [name, tensor] = read.tensors[i];
    CAPTURE(name);
    CHECK(name == written.tensors[i].first);
    CHECK(tensor.dtype() == written.tensors[i].second.dtype());
    CHECK(tensor.equal(written.tensors[i].second));
    CHECK(tensor.is_contiguous());
  }
}

/// Reads a file of this header and data; "" when it is taken, else the message after the file's
/// name.
std::string complaint(const std::string& header, const std::string& data) {
  TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  write_file_atomically(path, safetensors_bytes(header, data));
  return complaint_about(path, [&] { read_safetensors(path); });
}

std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"("w":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

const std::string eight(8, '\0');

}  // namespace

TEST_CASE("Every type and shape comes back from .safetensors to the bit", "[formats]") {
  TemporaryFolder folder;
  const TensorFile content = every_type();
  write_safetensors(folder / "a.safetensors", content);
  check_equal(read_safetensors(folder / "a.safetensors"), content);
}

TEST_CASE("Equal content gives equal bytes, and a file without tensors is one", "[formats]") {
  TemporaryFolder folder;
  const TensorFile content = every_type();
  write_safetensors(folder / "a", content);
  write_safetensors(folder / "b", content);
  CHECK(read_file(folder / "a") == read_file(folder / "b"));
  write_safetensors(folder / "none", {});
  check_equal(read_safetensors(folder / "none"), {});
}

TEST_CASE("Tensors stay readable and writable after their file is gone", "[formats]") {
  TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  write_safetensors(path, {{{"w", torch::ones({4})}}, {}});
  torch::Tensor first = read_safetensors(path).tensors[0].second;
  const torch::Tensor second = read_safetensors(path).tensors[0].second;
  std::filesystem::remove(path);
  first.fill_(3);
  CHECK(first.sum().item<float>() == 12);
  CHECK(second.sum().item<float>() == 4);
}

TEST_CASE("A file that another program wrote, in any order and unaligned, is read", "[formats]") {
  TemporaryFolder folder;
  const std::string header = R"({"b":{"shape":[2],"dtype":"I16","data_offsets":[1,5]},)"
                             R"( "a":{"dtype":"BOOL","shape":[],"data_offsets":[0,1]}} )";
  write_file_atomically(folder / "x", safetensors_bytes(header, std::string("\1\2\0\3\0", 5)));
  const TensorFile read = read_safetensors(folder / "x");
  CHECK(read.tensors[0].second.equal(torch::tensor({2, 3}, torch::kShort)));
  CHECK(read.tensors[1].second.equal(torch::tensor(true)));
}

TEST_CASE("Offsets that lie are refused with the tensor's name", "[formats]") {
  CHECK(complaint("{" + entry("F32", "[2]", "[0,8]") + "}", eight).empty());
  CHECK_THAT(complaint("{" + entry("F32", "[2]", "[8,16]") + "}", eight),
             ContainsSubstring("\"w\" has data_offsets [8, 16], which do not lie within the 8 bytes"));
  CHECK_THAT(complaint("{" + entry("F32", "[2]", "[8,0]") + "}", eight), ContainsSubstring("[8, 0]"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[0,8]") + "}", eight), ContainsSubstring("takes 4 bytes"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[4,8]") + "}", eight), ContainsSubstring("leaves a hole"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[0,4]") + "}", eight),
             ContainsSubstring("ends at byte 4 of the data, but there are 8"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[-4,0]") + "}", eight), ContainsSubstring("holds -4"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[0,4,8]") + "}", eight), ContainsSubstring("two integers"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[0]") + "}", eight), ContainsSubstring("not two numbers"));
  CHECK_THAT(complaint("{" + entry("F32", "[1]", "[0,99999999999999999999]") + "}", eight),
             ContainsSubstring("99999999999999999999"));
}

TEST_CASE("Tensors that overlap are refused", "[formats]") {
  const std::string other = R"("v":{"dtype":"F32","shape":[1],"data_offsets":[2,6]},)";
  CHECK_THAT(complaint("{" + other + entry("F32", "[1]", "[0,4]") + "}", eight), ContainsSubstring("overlaps"));
}

TEST_CASE("Shapes and types that lie are refused with the tensor's name", "[formats]") {
  CHECK_THAT(complaint("{" + entry("F32", "[-2]", "[0,8]") + "}", eight), ContainsSubstring("\"w\" holds -2"));
  CHECK_THAT(complaint("{" + entry("F32", "[2.0]", "[0,8]") + "}", eight), ContainsSubstring("2.0"));
  CHECK_THAT(complaint("{" + entry("F32", "[4294967296,4294967296,4294967296]", "[0,0]") + "}", ""),
             ContainsSubstring("impossible shape"));
  CHECK_THAT(complaint("{" + entry("U8", "[9223372036854775807,2,0]", "[0,0]") + "}", ""),
             ContainsSubstring("impossible shape"));
  CHECK_THAT(complaint("{" + entry("F31", "[2]", "[0,8]") + "}", eight), ContainsSubstring("unknown dtype \"F31\""));
  CHECK_THAT(complaint("{" + entry("BOOL", "[8]", "[0,8]") + "}", eight.substr(1) + "\2"),
             ContainsSubstring("neither 0 nor 1"));
  std::string many = "[1";
  for (int i = 0; i < 64; ++i) many += ",1";
  CHECK_THAT(complaint("{" + entry("U8", many + "]", "[0,8]") + "}", eight), ContainsSubstring("64 dimensions"));
}

TEST_CASE("A header of another form is refused", "[formats]") {
  const std::string good = entry("F32", "[2]", "[0,8]");
  for (const std::string& header :
       {std::string("[]"),
        std::string("7"),
        std::string(""),
        std::string("{"),
        "{" + good,
        "{" + good + "}x",
        "{" + good + "," + good + "}",
        std::string(R"({"w":[]})"),
        std::string(R"({"w":{}})"),
        std::string(R"({"w":null})"),
        std::string(R"({"w":{"dtype":"F32","shape":[2]}})"),
        std::string(R"({"w":{"dtype":{},"shape":[2],"data_offsets":[0,8]}})"),
        std::string(R"({"w":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}})"),
        std::string(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}})"),
        std::string(R"({"w":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})"),
        "{" + good + R"(,"__metadata__":{"a":1}})",
        "{" + good + R"(,"__metadata__":{"a":"1","a":"2"}})",
        "{" + good + R"(,"__metadata__":{},"__metadata__":{}})",
        "{" + good + R"(,"__metadata__":"x"})",
        "{\"\xff\":" + good.substr(4) + "}",
        std::string(100000, '['),
        std::string(100000, '{')}) {
    CAPTURE(header.substr(0, 100));
    CHECK(complaint(header, eight) != "");
  }
}

TEST_CASE("A header's length that passes the file is refused", "[formats]") {
  TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  for (uint64_t length : {uint64_t{100}, uint64_t{1} << 40, ~uint64_t{0}, ~uint64_t{0} - 7}) {
    write_file_atomically(path, std::string(reinterpret_cast<const char*>(&length), 8) + "{}");
    CHECK_THROWS_WITH(read_safetensors(path), ContainsSubstring("claims a header of"));
  }
}

TEST_CASE("A .safetensors file cut at any byte is refused", "[formats]") {
  TemporaryFolder folder;
  write_safetensors(folder / "a", {{{"w", torch::rand({3})}, {"v", torch::rand({2})}}, {{"k", "v"}}});
  const std::string bytes = read_file(folder / "a");
  for (size_t length = 0; length < bytes.size(); ++length) {
    write_file_atomically(folder / "b", std::string_view(bytes).substr(0, length));
    CHECK_THROWS_AS(read_safetensors(folder / "b"), RequestError);
  }
  write_file_atomically(folder / "b", bytes + '\0');
  CHECK_THROWS_AS(read_safetensors(folder / "b"), RequestError);
}

TEST_CASE("A bit flipped in a weight or in the metadata is found by our checksum", "[formats]") {
  TemporaryFolder folder;
  write_safetensors(folder / "a", {{{"weight", torch::zeros({3})}}, {{"config", "seed 3"}}});
  const std::string bytes = read_file(folder / "a");
  for (size_t place : {bytes.size() - 1, bytes.size() - 12, bytes.find("seed 3") + 5}) {
    std::string flipped = bytes;
    flipped[place] = static_cast<char>(flipped[place] ^ 1);
    write_file_atomically(folder / "b", flipped);
    CHECK_THROWS_WITH(read_safetensors(folder / "b"), ContainsSubstring("staircase.crc32"));
  }
}

TEST_CASE("What .safetensors cannot hold is refused before a file appears", "[formats]") {
  TemporaryFolder folder;
  const torch::Tensor w = torch::ones({2});
  for (const TensorFile& content : {TensorFile{{{"w", w}, {"w", w}}, {}}, TensorFile{{{"__metadata__", w}}, {}},
                                    TensorFile{{{"w", torch::Tensor()}}, {}}, TensorFile{{{"\xff", w}}, {}},
                                    TensorFile{{{"w", torch::ones({2}, torch::kComplexFloat)}}, {}}})
    CHECK_THROWS_AS(write_safetensors(folder / "a", content), std::invalid_argument);
  CHECK_FALSE(std::filesystem::exists(folder / "a"));
}

TEST_CASE("A missing file, a folder and a pipe are refused by name", "[formats]") {
  TemporaryFolder folder;
  CHECK_THROWS_WITH(read_safetensors(folder / "none"), ContainsSubstring("none: cannot be read"));
  CHECK_THROWS_WITH(read_safetensors(folder.path()), ContainsSubstring("is a folder"));
  CHECK_THROWS_WITH(read_safetensors("/dev/zero"), ContainsSubstring("not a regular file"));
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("A hostile header takes no memory beyond twice the file's size and the mapping", "[formats]") {
  TemporaryFolder folder;
  constexpr int64_t size = 16 << 20, slack = 4 << 20;
  const auto growth = [&](const std::string& start, const std::string& repeated) {
    std::string header = start;
    while (header.size() + repeated.size() <= size) header += repeated;
    write_file_atomically(folder / "x", safetensors_bytes(header, ""));
    return memory_growth([&] {
      try {
        read_safetensors(folder / "x");
      } catch (const RequestError&) {}
    });
  };
  for (const auto& [start, repeated] : std::vector<std::pair<std::string, std::string>>{
           {"[", "0,"}, {"", "["}, {R"({"w":{"dtype":"U8","shape":[)", "1,"}, {"{", R"("w":{},)"}}) {
    CAPTURE(start, repeated);
    const int64_t grown = growth(start, repeated);
    CHECK(grown > 0);
    CHECK(grown <= 3 * size + slack);
  }
}
#endif

}  // namespace safetensors_test
