// Records and checksums; Python's protobuf reads what is in them (tests/reference/tensorboard_events.py).
#include "staircase/formats/event_file.h"

#include <cstring>

#include "staircase/base/files.h"
#include "staircase/formats/protobuf_writer.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace event_file_test {

using namespace staircase;
using namespace staircase::formats;

namespace {

uint32_t masked(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

/// The records of a file, each held to both of its checksums.
std::vector<std::string> records(const std::string& bytes) {
  std::vector<std::string> all;
  for (size_t at = 0; at < bytes.size();) {
    uint64_t length = 0;
    uint32_t of_length = 0, of_data = 0;
    REQUIRE(at + 16 <= bytes.size());
    std::memcpy(&length, bytes.data() + at, 8);
    std::memcpy(&of_length, bytes.data() + at + 8, 4);
    CHECK(of_length == masked(std::string_view(bytes).substr(at, 8)));
    REQUIRE(at + 16 + length <= bytes.size());
    all.push_back(bytes.substr(at + 12, length));
    std::memcpy(&of_data, bytes.data() + at + 12 + length, 4);
    CHECK(of_data == masked(all.back()));
    at += 16 + length;
  }
  return all;
}

}  // namespace

TEST_CASE("CRC-32C gives the values that RFC 3720 lists", "[formats]") {
  std::string rising;
  for (int i = 0; i < 32; ++i) rising += static_cast<char>(i);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a9136aaU);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8ab43U);
  CHECK(crc32c(rising) == 0x46dd794eU);
  CHECK(crc32c("123456789") == 0xe3069283U);
}

TEST_CASE("A message has the bytes that protobuf's documentation shows", "[formats]") {
  ProtobufWriter a, b, c;
  CHECK(a.integer(1, 150).bytes() == "\x08\x96\x01");
  CHECK(b.text(2, "testing").bytes() == "\x12\x07testing");
  CHECK(c.message(3, a).bytes() == "\x1a\x03\x08\x96\x01");
}

TEST_CASE("An event file is whole after every event, and files of one folder have names of their own", "[formats]") {
  const tests::TemporaryFolder folder;
  EventFile file(folder / "row-0"), other(folder / "row-0");
  CHECK(file.path() != other.path());
  CHECK(file.path().filename().string().starts_with("events.out.tfevents."));
  const auto count = [&] { return records(read_file(file.path())).size(); };
  CHECK(count() == 1);
  CHECK_THAT(records(read_file(file.path()))[0], ContainsSubstring("brain.Event:2"));
  file.add_start(3);
  file.add_scalars(3, {{"loss", 2.5}});
  CHECK(count() == 3);
  file.add_hyperparameters({{"norm", "layer"}, {"width", 96}}, {"final/top1"});
  file.add_end(true);
  CHECK(count() == 6);
  file.add_image(3, "images", "\x89PNG of some bytes", 16, 8, 3);
  CHECK(count() == 7);
  // Summary.Image is field 4 of a value: height 8, width 16, 3 channels, then the file.
  CHECK_THAT(records(read_file(file.path()))[6],
             ContainsSubstring(std::string("images\x22\x1a\x08\x08\x10\x10\x18\x03\x22\x12\x89PNG of some bytes")));
}

TEST_CASE("A folder in which no event file can be made is named", "[formats]") {
  const tests::TemporaryFolder folder;
  write_file_atomically(folder / "row-0", "a file");
  CHECK_THROWS_WITH(EventFile(folder / "row-0"), ContainsSubstring("row-0: the folder cannot be made"));
}

}  // namespace event_file_test
