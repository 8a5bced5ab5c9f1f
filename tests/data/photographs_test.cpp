// Operations and resizing on photographs against the sheets that Pillow gave (tests/reference/photographs).

#include <set>

#include "staircase/config/json.h"
#include "staircase/data/decode.h"
#include "staircase/data/resize.h"
#include "support/catch.h"
#include "support/operations.h"
#include "support/reference.h"

namespace photographs_test {

using namespace staircase;
using namespace staircase::data;
using config::Json;

namespace {

Image photograph(const std::string& name) {
  return decode_image(tests::reference_file("photographs/" + name + ".png"));
}

Image apply(const std::string& operation, const Image& image, const Json& entry) {
  const int width = entry.at("width").get<int>(), height = entry.at("height").get<int>();
  if (operation == "resize_bicubic") return resize(image, width, height, config::Interpolation::bicubic);
  if (operation == "resize_bilinear") return resize(image, width, height, config::Interpolation::bilinear);
  return tests::operations().at(operation)(image, entry.at("value").get<double>());
}

/// Compares the named operations on every photograph; returns how many comparisons there were.
int compare(const std::set<std::string>& names) {
  const Json listed = config::read_json_file(tests::reference_file("photographs/photographs.json"));
  int cases = 0;
  for (const Json& name : listed.at("photographs")) {
    const Image image = photograph(name), sheet = photograph(name.get<std::string>() + "_expected");
    int top = 0;
    for (const Json& entry : listed.at("cases")) {
      const auto operation = entry.at("operation").get<std::string>();
      const Box place{0, top, entry.at("width").get<int>(), entry.at("height").get<int>()};
      top += place.height;
      if (!names.contains(operation)) continue;
      INFO(name << ": " << entry);
      CHECK(tests::largest_difference(apply(operation, image, entry), crop(sheet, place)) == 0);
      ++cases;
    }
  }
  return cases;
}

}  // namespace

TEST_CASE("Tables of values give Pillow's photographs", "[data][reference]") {
  CHECK(compare({"auto_contrast", "equalize", "invert", "posterize", "solarize", "solarize_add"}) == 2 * 11);
}

TEST_CASE("Mixing with a poorer image gives Pillow's photographs", "[data][reference]") {
  CHECK(compare({"color", "contrast", "brightness", "sharpness"}) == 2 * 8);
}

TEST_CASE("Moving pixels gives Pillow's photographs", "[data][reference]") {
  CHECK(compare({"rotate", "shear_x", "shear_y", "translate_x", "translate_y"}) == 2 * 11);
}

TEST_CASE("Resizing gives Pillow's photographs", "[data][reference]") {
  CHECK(compare({"resize_bicubic", "resize_bilinear"}) == 2 * 6);
}

}  // namespace photographs_test
