#include "staircase/config/json.h"

#include "support/catch.h"

namespace json_test {

using namespace staircase::config;

TEST_CASE("A key that stands twice in one object is refused by name", "[config]") {
  CHECK_THROWS_WITH(parse_json(R"({"a": {"norm": 1, "norm": 2}})", "x.json"),
                    ContainsSubstring("x.json") && ContainsSubstring("\"norm\" stands twice"));
  CHECK_NOTHROW(parse_json(R"({"a": {"norm": 1}, "b": {"norm": 2}})", "x.json"));
}

TEST_CASE("Nesting deeper than 64 levels is refused", "[config]") {
  const auto nested = [](int levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  CHECK_NOTHROW(parse_json(nested(60), "x.json"));
  CHECK_THROWS_AS(parse_json(nested(70), "x.json"), ConfigError);
  CHECK_THROWS_AS(parse_json(nested(100000), "x.json"), ConfigError);
}

TEST_CASE("Numbers that no double holds, and NaN, are refused", "[config]") {
  for (const char* text : {"{\"a\": NaN}", "{\"a\": Infinity}", "{\"a\": 1e999}", "{\"a\": -1e999}"})
    CHECK_THROWS_AS(parse_json(text, "x.json"), ConfigError);
}

TEST_CASE("A pointer is split as RFC 6901 says", "[config]") {
  CHECK(pointer_parts("/a~1b/~0c/", "x") == std::vector<std::string>{"a/b", "~c", ""});
  CHECK_THROWS_AS(pointer_parts("model/norm", "x"), ConfigError);
}

TEST_CASE("The canonical text does not depend on the order of keys", "[config]") {
  CHECK(canonical_text(parse_json(R"({"b": 1, "a": [2]})", "")) == R"({"a":[2],"b":1})");
}

}  // namespace json_test
