#include "staircase/runs/run_weights.h"

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/runs/ledger.h"
#include "support/catch.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace run_weights_test {

using namespace staircase;
using namespace staircase::runs;
namespace fs = std::filesystem;

namespace {

/// A folder with the rows base and gelu and the seeds 0 and 1; of gelu, seed 1 is done.
struct Folder {
  Folder() {
    const Ledger ledger(place);
    const auto experiment =
        experiment::resolve_experiment({{"name", "x"},
                                        {"kind", "ablation"},
                                        {"threads", 1},
                                        {"seeds", {0, 1}},
                                        {"base", config::write_configuration(tests::small_configuration())},
                                        {"steps", {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}}}}},
                                       "x.json");
    ledger.write_experiment_file(experiment, {10, 3});
    const auto design = experiment::design_variants(experiment, 10, 3);
    done = ledger.run_folder({design.variants.at(1).configuration, 1, "gelu"});
    make_folder(done);
    write_file_atomically(done / "summary.json", "{}");
  }

  std::string word(const std::string& rest) const { return place.string() + ":" + rest; }

  tests::TemporaryFolder temporary;
  fs::path place = temporary / "out", done;
};

}  // namespace

TEST_CASE("A run is named by its folder, row and seed wherever weights are wanted", "[runs]") {
  const Folder folder;
  CHECK(find_weights(folder.word("gelu@1")) == folder.done / "weights.safetensors");
  CHECK(find_weights(folder.word("gelu@1:raw")) == folder.done / "weights_raw.safetensors");
}

TEST_CASE("What is no run's name stays the path that it is", "[runs]") {
  const Folder folder;
  for (const std::string path : {"a.pth", "a:b.pth", "x@2.pth", "runs/my:gelu@"}) CHECK(find_weights(path) == path);
  const fs::path odd = folder.temporary / "odd:name@3";
  write_file_atomically(odd, "");
  CHECK(find_weights(odd.string()) == odd);
}

TEST_CASE("A run that a folder does not have is refused with what it has", "[runs]") {
  const Folder folder;
  CHECK_THROWS_WITH(find_weights(folder.word("gleu@1")), ContainsSubstring("no row \"gleu\" (did you mean \"gelu\"?)"));
  CHECK_THROWS_WITH(find_weights(folder.word("gelu@7")), ContainsSubstring("no seed 7, it has 0, 1"));
  CHECK_THROWS_WITH(find_weights(folder.word("base@1")), ContainsSubstring("is not done"));
  CHECK_THROWS_WITH(find_weights((folder.temporary / "none").string() + ":gelu@1"),
                    ContainsSubstring("holds no experiment.json"));
}

}  // namespace run_weights_test
