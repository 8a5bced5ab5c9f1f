// Which output of a network a class of a data set is.
#include "staircase/interop/class_names.h"

#include <set>

#include "staircase/base/errors.h"
#include "support/catch.h"

namespace class_names_test {

using namespace staircase;
using namespace staircase::interop;

namespace {

ModelDescription description_of(const std::vector<std::string>& names, int64_t classes) {
  ModelDescription description;
  description.model.num_classes = classes;
  description.class_names = names;
  return description;
}

}  // namespace

TEST_CASE("ImageNet's thousand classes have names, each its own, in the order of its networks", "[interop]") {
  const std::vector<std::string>& names = imagenet_classes();
  CHECK(names.size() == 1000);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == 1000);
  CHECK(names.at(0) == "tench");
  CHECK(names.at(983) == "scuba diver");
  CHECK(names.at(999) == "toilet tissue");
}

TEST_CASE("Some classes of a network are found by name, in any order", "[interop]") {
  const ModelDescription animals = description_of({"cat", "dog", "emu"}, 3);
  CHECK(find_classes(animals, {"emu", "cat"}, "w") == std::vector<int64_t>{2, 0});
  CHECK(find_classes(description_of(imagenet_classes(), 1000), {"goldfish", "scuba diver"}, "w") ==
        std::vector<int64_t>{1, 983});
  CHECK(find_classes(description_of(imagenet_classes(), 1000), {"n01440764", "n10565667"}, "w") ==
        std::vector<int64_t>{0, 983});
}

TEST_CASE("A class that the network does not know is refused by name", "[interop]") {
  const ModelDescription animals = description_of({"cat", "dog", "emu"}, 3);
  CHECK_THROWS_WITH(find_classes(animals, {"cat", "dogs"}, "w"),
                    ContainsSubstring("w: knows no class \"dogs\"") && ContainsSubstring("did you mean \"dog\""));
  CHECK_THROWS_AS(find_classes(animals, {"cat", "dog", "fox"}, "w"), RequestError);
}

TEST_CASE("Without names, and for ImageNet under other names, all classes are taken in their order", "[interop]") {
  CHECK(find_classes(description_of({}, 2), {"x", "y"}, "w") == std::vector<int64_t>{0, 1});
  CHECK_THROWS_WITH(find_classes(description_of({}, 3), {"x", "y"}, "w"), ContainsSubstring("has 3, the data has 2"));
  std::vector<std::string> synsets;
  for (int i = 0; i < 1000; ++i) synsets.push_back("n" + std::to_string(10000000 + i));
  CHECK(find_classes(description_of(imagenet_classes(), 1000), synsets, "w").at(983) == 983);
}

}  // namespace class_names_test
