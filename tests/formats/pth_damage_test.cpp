// Archives that are damaged or lie. The pickles are written by hand, opcode by opcode.
#include "formats/files.h"
#include "formats/memory_growth.h"
#include "staircase/base/errors.h"
#include "staircase/formats/pth.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace pth_damage_test {

using namespace staircase;
using namespace staircase::formats;
using namespace staircase::tests;

namespace {

std::string text(const std::string& value) {
  const auto length = static_cast<uint32_t>(value.size());
  return std::string("X").append(reinterpret_cast<const char*>(&length), 4).append(value);
}

std::string integer(int64_t value) { return std::string("\x8a\x08").append(reinterpret_cast<const char*>(&value), 8); }

std::string tuple(const std::vector<int64_t>& values) {
  std::string items;
  for (int64_t value : values) items += integer(value);
  return "(" + items + "t";
}

std::string storage(int64_t count, const std::string& key = "0", const std::string& name = "FloatStorage") {
  return std::string("(").append(text("storage")) + "ctorch\n" + name + "\n" + text(key) + text("cpu") +
         integer(count) + "tQ";
}

std::string tensor(const std::string& from, int64_t offset, const std::vector<int64_t>& sizes,
                   const std::vector<int64_t>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + from + integer(offset) + tuple(sizes) + tuple(strides) + "\x89}tR";
}

std::string dict(const std::string& items) { return "\x80\x02}(" + items + "u."; }

const std::string good = dict(text("w") + tensor(storage(6), 0, {2, 3}, {3, 1}));
const std::string data(24, '\0');

/// "" when the archive is taken, else the message after the file's name.
std::string complaint(const std::string& pickle, const std::string& entry = data) {
  TemporaryFolder folder;
  const auto path = folder / "x.pth";
  write_archive(path, pickle, {{"0", entry}});
  return complaint_about(path, [&] { read_pth(path); });
}

}  // namespace

TEST_CASE("A hand-made archive is read, so what refuses the others is their lie", "[formats]") {
  CHECK(complaint(good) == "");
}

TEST_CASE("A tensor that does not lie within its storage is refused", "[formats]") {
  constexpr int64_t huge = int64_t{1} << 62;
  struct Lie {
    int64_t offset;
    std::vector<int64_t> sizes, strides;
  };
  for (const Lie& lie : {Lie{1, {2, 3}, {3, 1}}, Lie{-1, {2, 3}, {3, 1}}, Lie{0, {2, 4}, {3, 1}},
                         Lie{0, {2, 3}, {4, 1}}, Lie{0, {2, 3}, {-3, 1}}, Lie{0, {huge, huge}, {1, 1}},
                         Lie{0, {2, 3}, {huge, huge}}, Lie{huge, {1}, {1}}, Lie{0, {-1}, {1}}, Lie{7, {0}, {1}},
                         Lie{0, {2, 3}, {3}}, Lie{0, {100}, {0}}, Lie{0, {int64_t{1} << 40}, {0}}, Lie{6, {}, {}}}) {
    CAPTURE(lie.offset, lie.sizes, lie.strides);
    const std::string said = complaint(dict(text("w") + tensor(storage(6), lie.offset, lie.sizes, lie.strides)));
    CHECK_THAT(said, ContainsSubstring("data.pkl: byte"));
  }
  CHECK(complaint(dict(text("w") + tensor(storage(6), 5, {1, 1}, {huge, huge}))) == "");
}

TEST_CASE("A storage that is missing, of another size or of two types is refused", "[formats]") {
  const auto one = [](const std::string& from) { return text("w") + tensor(from, 0, {1}, {1}); };
  CHECK_THAT(complaint(dict(one(storage(7)))), ContainsSubstring("has 24 bytes, but 7 elements"));
  CHECK_THAT(complaint(dict(one(storage(6, "9")))), ContainsSubstring("\"9\", which the zip does not hold"));
  CHECK_THAT(complaint(dict(one(storage(-6)))), ContainsSubstring("impossible size"));
  CHECK_THAT(complaint(dict(one(storage(int64_t{1} << 62)))), ContainsSubstring("impossible size"));
  CHECK_THAT(complaint(dict(one(storage(6)) + text("v") + tensor(storage(3, "0", "LongStorage"), 0, {1}, {1}))),
             ContainsSubstring("as another type"));
}

TEST_CASE("An unknown class is named, whatever opcode names it", "[formats]") {
  const std::string by_stack = text("os") + text("system") + "\x93";
  const auto holding = [](const std::string& value) { return dict(text("a") + value); };
  CHECK_THAT(complaint(holding("cos\nsystem\n(" + text("true") + "tR")), ContainsSubstring("\"os.system\""));
  CHECK_THAT(complaint(holding(by_stack)), ContainsSubstring("\"os.system\""));
  CHECK_THAT(complaint(holding("cbuiltins\neval\n")), ContainsSubstring("\"builtins.eval\""));
  CHECK_THAT(complaint(holding("c__builtin__\ngetattr\n")), ContainsSubstring("getattr"));
}

TEST_CASE("Opcodes that make no sense are refused with their place", "[formats]") {
  for (const std::string& pickle : {std::string(""),
                                    std::string("."),
                                    std::string("}"),
                                    std::string("}}."),
                                    std::string("}.}"),
                                    std::string("(."),
                                    std::string("t."),
                                    std::string("}s."),
                                    std::string("}(NuK"),
                                    std::string("}(Nu."),
                                    std::string("h\7."),
                                    std::string("j\xff\xff\xff\xff."),
                                    std::string("r\xff\xff\xff\xff."),
                                    std::string("}r\xff\xff\xff\xff."),
                                    std::string("R."),
                                    std::string("NNR."),
                                    std::string("NQ."),
                                    std::string(")Q."),
                                    std::string("Nb."),
                                    std::string("]Nb."),
                                    std::string("NNa."),
                                    std::string("cx\ny"),
                                    std::string("X\xff\xff\xff\xff."),
                                    std::string("\x8d\xff\xff\xff\xff\xff\xff\xff\xff."),
                                    std::string("\x80\x09}."),
                                    std::string("P1\n."),
                                    std::string("i."),
                                    std::string("\x82\1."),
                                    std::string("ctorch\nFloatStorage\n)R."),
                                    std::string("ccollections\nOrderedDict\n](R"),
                                    std::string("ctorch._utils\n_rebuild_tensor_v2\n)R."),
                                    std::string("ctorch._utils\n_rebuild_parameter\n)R.")}) {
    CAPTURE(pickle);
    CHECK_THAT(complaint(pickle), ContainsSubstring("data.pkl: byte"));
  }
}

TEST_CASE("Reference loops of every kind are refused or harmless, and deep nesting too", "[formats]") {
  CHECK_THAT(complaint(std::string("}q\0", 3) + text("a") + std::string("h\0s.", 4)),
             ContainsSubstring("contains itself"));
  CHECK_THAT(complaint(std::string("}]q\0h\0a", 7) + text("a") + "N" + "."), ContainsSubstring("data.pkl"));
  CHECK_THAT(complaint(dict(text("a") + std::string("]q\0(h\0h\0e", 9))), ContainsSubstring("contains itself"));
  CHECK_THAT(complaint(dict(text("a") + std::string("]q\0h\0\x85q\1a", 9))), ContainsSubstring("contains itself"));
  const std::string deep = std::string(20000, ']') + std::string(19999, 'a');
  CHECK(complaint(dict(text("w") + tensor(storage(6), 0, {6}, {1}) + text("a") + deep)) == "");
}

TEST_CASE("An archive without a state dict says what it has", "[formats]") {
  CHECK_THAT(complaint("]."), ContainsSubstring("holds no dict"));
  CHECK_THAT(complaint(dict(text("epoch") + "K\3")), ContainsSubstring("its keys are epoch"));
  CHECK_THAT(
      complaint(dict(text("module.w") + tensor(storage(6), 0, {6}, {1}) + text("w") + tensor(storage(6), 0, {6}, {1}))),
      ContainsSubstring("two tensors of the name \"w\""));
  CHECK_THAT(complaint(dict(text("\xff") + tensor(storage(6), 0, {6}, {1}))), ContainsSubstring("not UTF-8"));
}

TEST_CASE("A .pth file cut at any byte is refused", "[formats]") {
  TemporaryFolder folder;
  for (const auto& path : {reference_weights("views.pth"), reference_weights("newer_layout.pth")}) {
    const std::string bytes = read_file(path);
    for (size_t length = 0; length < bytes.size(); ++length) {
      write_file_atomically(folder / "b", std::string_view(bytes).substr(0, length));
      CHECK_THROWS_AS(read_pth(folder / "b"), RequestError);
    }
  }
}

TEST_CASE("A bit flipped anywhere in the pickle or in a weight is found by the zip's CRC", "[formats]") {
  TemporaryFolder folder;
  write_archive(folder / "a", good, {{"0", data}});
  const std::string bytes = read_file(folder / "a");
  const size_t pickle = bytes.find(good), weights = (pickle + good.size() + 64 + 63) / 64 * 64;
  for (const auto& [start, length] : {std::pair(pickle, good.size()), std::pair(weights, data.size())})
    for (size_t place = start; place < start + length; ++place) {
      std::string flipped = bytes;
      flipped[place] = static_cast<char>(flipped[place] ^ 4);
      write_file_atomically(folder / "b", flipped);
      CHECK_THROWS_WITH(read_pth(folder / "b"), ContainsSubstring("its CRC is not the one written"));
    }
}

TEST_CASE("Zips that torch.save never writes are refused with the reason", "[formats]") {
  TemporaryFolder folder;
  const auto said = [&](const std::vector<std::pair<std::string, std::string>>& entries) {
    write_file_atomically(folder / "x", [&](std::ostream& out) {
      ZipWriter zip(out);
      for (const auto& [name, bytes] : entries) zip.add(name, bytes);
      zip.finish();
    });
    try {
      read_pth(folder / "x");
      return std::string();
    } catch (const RequestError& error) {
      return std::string(error.what());
    }
  };
  const std::pair<std::string, std::string> pickle{"a/data.pkl", good}, version{"a/version", "3\n"},
      weights{"a/data/0", data};
  CHECK(said({pickle, version, weights}) == "");
  CHECK_THAT(said({version}), ContainsSubstring("no data.pkl"));
  CHECK_THAT(said({pickle, weights}), ContainsSubstring("lacks the entry \"a/version\""));
  CHECK_THAT(said({pickle, {"a/version", "99\n"}}), ContainsSubstring("no known version"));
  CHECK_THAT(said({pickle, pickle, version}), ContainsSubstring("stands twice"));
  CHECK_THAT(said({pickle, version, {"b/data.pkl", good}}), ContainsSubstring("two entries data.pkl"));
  CHECK_THAT(said({pickle, version, {"a/byteorder", "big"}}), ContainsSubstring("byte order"));
  CHECK_THAT(said({pickle, version, {"a/constants.pkl", ""}}), ContainsSubstring("TorchScript"));
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("A hostile pickle takes no memory beyond twice the file's size and the mapping", "[formats]") {
  TemporaryFolder folder;
  constexpr int64_t size = 16 << 20, slack = 8 << 20;
  for (const char* repeated : {"N", "]", "(", "}", ")", "N\x94", "]\x94", "N\x85", "X\1\0\0\0a"}) {
    const std::string opcode = repeated[0] == 'X' ? std::string("X\1\0\0\0a", 6) : repeated;
    CAPTURE(opcode);
    std::string pickle = "\x80\x04";
    while (pickle.size() < size) pickle += opcode;
    write_archive(folder / "x", pickle + ".", {});
    const int64_t grown = memory_growth([&] {
      try {
        read_pth(folder / "x");
      } catch (const RequestError&) {}
    });
    CHECK(grown > 0);
    CHECK(grown <= 3 * size + slack);
  }
}
#endif

}  // namespace pth_damage_test
