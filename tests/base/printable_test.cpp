#include "staircase/base/printable.h"

#include "support/catch.h"

namespace printable_test {

using namespace staircase;

TEST_CASE("Control characters become escapes and everything else stays", "[base]") {
  CHECK(printable("gelu \u00b1 \u4e2d \U0001f600 a\\b \"q\"") == "gelu \u00b1 \u4e2d \U0001f600 a\\b \"q\"");
  CHECK(printable("\x1b[31mred\x1b]0;title\x07") == "\\u001b[31mred\\u001b]0;title\\u0007");
  CHECK(printable(std::string_view("a\0b\r\n\t\x7f", 7)) == "a\\u0000b\\u000d\\u000a\\u0009\\u007f");
  CHECK(printable("\xc2\x9b"
                  "2J") == "\\u009b2J");  // CSI of C1
  CHECK(printable("a\xe2\x80\xae"
                  "b") == "a\\u202eb");  // from right to left
  CHECK(printable("one\ntwo\x1b", true) == "one\ntwo\\u001b");
}

TEST_CASE("What is no UTF-8 becomes the character that stands for it", "[base]") {
  const std::string unknown = "\xEF\xBF\xBD";
  CHECK(printable("caf\xe9") == "caf" + unknown);
  CHECK(printable("\x9b"
                  "2J") == unknown + "2J");
  CHECK(printable("\xc0\x9b") == unknown + unknown);  // longer than it need be
  CHECK(printable("\xe4\xb8") == unknown + unknown);  // cut short
  CHECK(printable("\xed\xa0\x80") == unknown + unknown + unknown);
}

}  // namespace printable_test
