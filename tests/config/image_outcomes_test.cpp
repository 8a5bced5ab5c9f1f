#include "staircase/config/image_outcomes.h"

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace image_outcomes_test {

using namespace staircase;
using namespace staircase::config;

namespace {

const ImageOutcomes ten{"0123456789abcdef", {1, 0, 0, 0, 0, 0, 0, 0, 1, 1}, std::vector<bool>(10, true)};

}  // namespace

TEST_CASE("The images that a run classified correctly are a bit each behind one line", "[config]") {
  const std::string text = write_image_outcomes(ten);
  CHECK(text ==
        "{\"images\":10,\"validation_set\":\"0123456789abcdef\",\"weights\":[\"raw\",\"ema\"]}\n"
        "\x01\x03\xff\x03");
}

TEST_CASE("Outcomes are read as they were written, and none where there is no file", "[config]") {
  const tests::TemporaryFolder folder;
  CHECK_FALSE(read_image_outcomes(folder.path() / "correct.bits"));
  write_file_atomically(folder.path() / "correct.bits", write_image_outcomes(ten));
  const auto read = read_image_outcomes(folder.path() / "correct.bits");
  REQUIRE(read);
  CHECK(read->validation_set == ten.validation_set);
  CHECK(read->raw == ten.raw);
  CHECK(read->average == ten.average);
}

TEST_CASE("Outcomes that are cut, or of another form, are refused with their file", "[config]") {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "correct.bits";
  const std::string whole = write_image_outcomes(ten);
  for (const std::string& text : {whole.substr(0, whole.size() - 1), whole + "x", whole.substr(0, 20), std::string()}) {
    write_file_atomically(file, text);
    CHECK_THROWS_WITH(read_image_outcomes(file), ContainsSubstring("correct.bits: is damaged"));
  }
}

TEST_CASE("A validation set is named by its data and its classes in order", "[config]") {
  const std::string name = validation_set_name("shapes", {0, 1, 1});
  CHECK(name == validation_set_name("shapes", {0, 1, 1}));
  CHECK(name != validation_set_name("shapes", {1, 0, 1}));
  CHECK(name != validation_set_name("shapes", {0, 1}));
  CHECK(name != validation_set_name("cifar10", {0, 1, 1}));
}

}  // namespace image_outcomes_test
