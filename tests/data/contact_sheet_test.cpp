#include "staircase/data/contact_sheet.h"

#include "staircase/base/files.h"
#include "staircase/data/decode.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace contact_sheet_test {

using namespace staircase;
using namespace staircase::data;

namespace {

/// Black and white squares of one pixel.
Image checkerboard(int size) {
  Image image(size, size, 1);
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) image.row(y)[x] = (x + y) % 2 ? 255 : 0;
  return image;
}

bool is_white(const Image& sheet, int x, int y) {
  const uint8_t* pixel = sheet.row(y) + 3 * x;
  return pixel[0] == 255 && pixel[1] == 255 && pixel[2] == 255;
}

/// Columns [left, right) of rows [top, bottom) that hold anything.
int inked_columns(const Image& sheet, int left, int right, int top, int bottom) {
  int count = 0;
  for (int x = left; x < right; ++x) {
    bool ink = false;
    for (int y = top; y < bottom; ++y) ink = ink || !is_white(sheet, x, y);
    count += ink;
  }
  return count;
}

constexpr int margin = 10, side = 192;

}  // namespace

TEST_CASE("A small image is enlarged so that each pixel is a square of one color", "[data]") {
  const Image sheet = contact_sheet({{checkerboard(32), {"cat"}}});
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      if (sheet.row(margin + y)[3 * (margin + x)] != ((x / 6 + y / 6) % 2 ? 255 : 0)) FAIL("at " << x << ", " << y);
  CHECK(sheet.width == side + 2 * margin);
}

TEST_CASE("Images of 192 to 512 px keep their pixels, larger ones are shrunk", "[data]") {
  CHECK(contact_sheet({{checkerboard(200), {}}}).width == 200 + 2 * margin);
  CHECK(contact_sheet({{checkerboard(600), {}}}).width == 512 + 2 * margin);
}

TEST_CASE("A caption stands under its tile and nowhere else", "[data]") {
  const Image without = contact_sheet({{Image(32, 32, 3, 200), {}}, {Image(32, 32, 3, 200), {}}});
  const Image sheet = contact_sheet({{Image(32, 32, 3, 200), {"cat 0.63", "+ dog 0.37"}}, {Image(32, 32, 3, 200), {}}});
  REQUIRE(sheet.height == without.height);
  const int below = margin + side;
  CHECK(inked_columns(without, 0, without.width, below, without.height) == 0);
  CHECK(inked_columns(sheet, margin, margin + side, below, sheet.height) > 80);
  CHECK(inked_columns(sheet, margin + side, sheet.width, below, sheet.height) == 0);
}

TEST_CASE("Long names are wrapped at spaces or inside a word, and nothing of them is lost", "[data]") {
  const std::string word = "Gloucestershire_Old_Spots_of_the_orchard_and_of_the_meadow";
  const Image one = contact_sheet({{Image(32, 32, 3), {"a"}}});
  for (const std::string& name : {word, std::string("soft coated wheaten terrier of the plains, a very long name")}) {
    const Image sheet = contact_sheet({{Image(32, 32, 3), {name}}, {Image(32, 32, 3), {}}});
    const int lines = 1 + (sheet.height - one.height) / 17;
    CHECK(lines >= 3);
    CHECK(inked_columns(sheet, margin + side, 2 * margin + side, margin + side, sheet.height) == 0);
    for (int line = 0; line < lines; ++line)
      CHECK(inked_columns(sheet, margin, margin + side, margin + side + 17 * line + 3, margin + side + 17 * line + 18) >
            10);
    for (int x = 0; x < sheet.width; ++x) CHECK(is_white(sheet, x, sheet.height - 1));
  }
}

TEST_CASE("Letters that are not ASCII are drawn as one sign each, without harm", "[data]") {
  std::string name;
  for (int i = 0; i < 200; ++i) name += "\xc3\xa4";  // a with dots
  CHECK_NOTHROW(contact_sheet({{Image(8, 8, 3), {name + "\xff\xfe", "\xc3"}}}));
}

TEST_CASE("Eight tiles fill a row, and many make a square", "[data]") {
  const auto width_of = [](size_t count) {
    return (contact_sheet(std::vector<Tile>(count, {Image(32, 32, 1), {"x"}})).width - margin) / (side + margin);
  };
  CHECK(width_of(3) == 3);
  CHECK(width_of(20) == 8);
  CHECK(width_of(100) == 10);
}

TEST_CASE("Tiles of several sizes are refused", "[data]") {
  CHECK_THROWS_WITH(contact_sheet({{Image(8, 8, 3), {}}, {Image(9, 8, 3), {}}}),
                    ContainsSubstring("a tile is 9x8 with 3 channels"));
  CHECK_THROWS_AS(contact_sheet({}), std::invalid_argument);
}

TEST_CASE("A PNG that was written is read as the same image", "[data]") {
  const tests::TemporaryFolder folder;
  Image image(3, 2, 3);
  for (size_t i = 0; i < image.pixels.size(); ++i) image.pixels[i] = static_cast<uint8_t>(13 * i);
  write_file_atomically(folder / "x.png", encode_png(image));
  CHECK(decode_image(folder / "x.png") == image);
}

TEST_CASE("A sheet takes fewer images the larger they are", "[data]") {
  CHECK(most_tiles(32) == 1024);
  CHECK(most_tiles(224) == 885);  // 64,000,000 / (234 * 309): four lines of 17 px under each
  CHECK(most_tiles(512) == 205);  // 64,000,000 / (522 * 597)
  CHECK(most_tiles(4096) == 3);   // 64,000,000 / 4096^2
}

}  // namespace contact_sheet_test
