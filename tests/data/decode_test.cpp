#include "staircase/data/decode.h"

#include <functional>

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::data;
using tests::reference_file;
using tests::TemporaryFolder;

namespace {

/// The bytes of a reference image, changed, written and decoded.
Image decode_changed(const std::string& name, const std::function<void(std::string&)>& change) {
  const TemporaryFolder folder;
  std::string bytes = read_file(reference_file("images/" + name));
  change(bytes);
  write_file_atomically(folder / name, bytes);
  return decode_image(folder / name);
}

}  // namespace

TEST_CASE("A file that is cut short anywhere is refused by its path", "[data]") {
  for (const std::string name : {"rgb.jpg", "progressive.jpg", "rgb.png", "cmyk.jpg"}) {
    INFO(name);
    for (const double share : {0.01, 0.1, 0.5, 0.9, 0.997}) {
      const auto cut = [&](std::string& bytes) {
        bytes.resize(static_cast<size_t>(static_cast<double>(bytes.size()) * share));
      };
      CHECK_THROWS_AS(decode_changed(name, cut), BadImage);
    }
    CHECK_THROWS_WITH(decode_changed(name, [](std::string& bytes) { bytes.resize(bytes.size() - 1); }),
                      ContainsSubstring(name + ": is cut short: it has no end marker"));
  }
}

TEST_CASE("The end marker of a thumbnail does not make a cut photograph whole", "[data]") {
  const auto with_thumbnail = [](std::string& bytes) {
    const std::string segment = std::string("\xff\xe2\x00\x0a", 4) + "thumb\xff\xd9\x01";
    bytes.insert(2, segment);
  };
  CHECK_NOTHROW(decode_changed("rgb.jpg", with_thumbnail));
  CHECK_THROWS_WITH(decode_changed("rgb.jpg",
                                   [&](std::string& bytes) {
                                     with_thumbnail(bytes);
                                     bytes.resize(bytes.size() * 3 / 4);
                                   }),
                    ContainsSubstring("is cut short"));
}

TEST_CASE("Bytes after the end of an image are tolerated", "[data]") {
  for (const std::string name : {"rgb.jpg", "rgb.png"})
    CHECK(decode_changed(name, [](std::string& bytes) { bytes += "trailing bytes"; }) ==
          decode_image(reference_file("images/" + name)));
}

TEST_CASE("Damaged, empty and foreign files are refused", "[data]") {
  CHECK_THROWS_WITH(decode_changed("rgb.png", [](std::string& bytes) { bytes[60] ^= 1; }),
                    ContainsSubstring("checksum"));
  CHECK_THROWS_WITH(decode_changed("rgb.jpg", [](std::string& bytes) { bytes.clear(); }),
                    ContainsSubstring("is empty"));
  CHECK_THROWS_WITH(decode_changed("rgb.jpg", [](std::string& bytes) { bytes = "GIF89a"; }),
                    ContainsSubstring("rgb.jpg: is neither JPEG nor PNG"));
}

TEST_CASE("An image of more than 100 million pixels is refused before it is decoded", "[data]") {
  const auto enlarge = [](std::string& bytes) {
    const size_t frame = bytes.find("\xff\xc0");
    bytes.replace(frame + 5, 4, "\xff\xff\xff\xff");
  };
  CHECK_THROWS_WITH(decode_changed("rgb.jpg", enlarge),
                    ContainsSubstring("declares 65535x65535 pixels, more than 100 million"));
}

TEST_CASE("The content decides what a file is, not its extension", "[data]") {
  const TemporaryFolder folder;
  std::filesystem::copy_file(reference_file("images/rgb.png"), folder / "really_png.jpg");
  CHECK(decode_image(folder / "really_png.jpg") == decode_image(reference_file("images/rgb.png")));
}
