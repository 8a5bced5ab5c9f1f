#include "staircase/data/decode.h"

#include <functional>

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/reference.h"
#include "support/temporary_folder.h"

namespace decode_test {

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

TEST_CASE("A WebP, BMP or TIFF that is cut short anywhere is refused by its path", "[data]") {
  for (const std::string name : {"rgb.webp", "lossy.webp", "alpha.webp", "rgb.bmp", "palette.bmp", "one_bit.bmp",
                                 "rgb.tif", "lzw.tiff", "gray.tiff", "sixteen_bit.tiff"}) {
    INFO(name);
    const size_t whole = read_file(reference_file("images/" + name)).size();
    for (size_t size = 0; size < whole; size += 1 + whole / 97)
      CHECK_THROWS_AS(decode_changed(name, [&](std::string& bytes) { bytes.resize(size); }), BadImage);
    CHECK_THROWS_WITH(decode_changed(name, [&](std::string& bytes) { bytes.resize(whole - 1); }),
                      ContainsSubstring(name + ": is cut short"));
  }
}

TEST_CASE("A TIFF or WebP that could only be guessed at is refused by its reason", "[data]") {
  const auto with_bits = [](int bits, int format) {
    return [=](std::string& bytes) {
      const std::string three_sixteens("\0\x10\0\x10\0\x10", 6);
      bytes[bytes.rfind(three_sixteens) + 1] = static_cast<char>(bits);
      const std::string strip_rows("\x01\x16\0\x04", 4);  // its entry becomes that of the sample format
      const size_t at = bytes.find(strip_rows);
      if (format > 0)
        bytes.replace(at, 12,
                      std::string("\x01\x53\0\x03\0\0\0\x01\0", 9) + static_cast<char>(format) + std::string(2, 0));
    };
  };
  CHECK_THROWS_WITH(decode_changed("sixteen_bit.tiff", with_bits(32, 0)),
                    ContainsSubstring("has 32 bits a sample, read are 1, 8 and 16"));
  CHECK_THROWS_WITH(decode_changed("sixteen_bit.tiff", with_bits(16, 3)), ContainsSubstring("no whole numbers"));
  CHECK_THROWS_WITH(decode_changed("sixteen_bit.tiff",
                                   [](std::string& bytes) {
                                     const std::string color("\x01\x06\0\x03\0\0\0\x01\0", 9);
                                     bytes[bytes.find(color) + color.size()] = 8;  // CIE L*a*b*
                                   }),
                    ContainsSubstring("has colors of kind 8, which is not read"));
  CHECK_THROWS_WITH(decode_changed("rgb.bmp", [](std::string& bytes) { bytes[28] = 2; }),
                    ContainsSubstring("is of a kind of bitmap that is not read"));
  CHECK_THROWS_WITH(decode_changed("rgb.tif", [](std::string& bytes) { bytes[2] = '+'; }),
                    ContainsSubstring("is a BigTIFF"));
  CHECK_THROWS_WITH(decode_changed("rgb.webp", [](std::string& bytes) { bytes.replace(12, 4, "ANIM"); }),
                    ContainsSubstring("is an animation"));
}

TEST_CASE("A TIFF with any byte damaged is refused or read, and nothing else", "[data]") {
  for (const std::string name : {"alpha.tiff", "lzw.tiff", "palette.bmp", "alpha.webp"}) {
    const size_t whole = read_file(reference_file("images/" + name)).size();
    int refused = 0;
    for (size_t at = 0; at < whole; at += name == "lzw.tiff" ? 1 : 3) {
      try {
        decode_changed(name, [&](std::string& bytes) { bytes[at] = static_cast<char>(bytes[at] ^ 0xa5); });
      } catch (const BadImage&) {
        ++refused;
      }
    }
    CHECK(refused > 0);
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
                    ContainsSubstring("rgb.jpg: is none of JPEG, PNG, WebP, BMP and TIFF"));
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

}  // namespace decode_test
