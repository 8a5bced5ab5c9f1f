// The folders of results that one has: what is in them, what may go, and a look at their pages.
#include <cstdlib>

#include "program/program.h"

namespace folders_test {

using namespace staircase;
using namespace staircase::tests;
namespace fs = std::filesystem;

namespace {

/// runs/x, in which a run is done, and runs/y, which has a checkpoint of a run that is done.
struct TwoFolders {
  TwoFolders() {
    write_experiment(tiny_experiment());
    REQUIRE(ask({"run", "x.json", "--json"}).status == 0);
    fs::copy("runs/x", "runs/y", fs::copy_options::recursive);
    for (const auto& run : fs::directory_iterator("runs/y/runs")) {
      fs::create_directory(run.path() / "checkpoints");
      WorkFolder::write(run.path() / "checkpoints/step-000000002.safetensors", std::string(1000, 'x'));
    }
  }
  WorkFolder work;
};

/// A browser that writes down what it is asked to show.
void write_browser(const std::string& name, int status) {
  WorkFolder::write(name, "#!/bin/sh\necho shown\necho \"$1\" >>shown.txt\nexit " + std::to_string(status) + "\n");
  fs::permissions(name, fs::perms::owner_all);
  ::setenv("BROWSER", (fs::current_path() / name).c_str(), 1);
}

}  // namespace

TEST_CASE("A list tells each folder's state and the best row that its report has", "[program]") {
  const TwoFolders folders;
  const config::Json list = ask({"list", "--json"}).json(), results = ask({"report", "runs/x", "--json"}).json();
  REQUIRE(list.size() == 2);
  CHECK(list[0].at("folder") == "runs/x");
  CHECK(list[0].at("state") == "done");
  CHECK(list[0].at("runs") == 1);
  CHECK(list[0].at("done") == 1);
  CHECK(list[0].at("best").at("row") == "x");
  CHECK(list[0].at("best").at("mean") == results.at("rows")[0].at("score").at("mean"));
  CHECK(list[0].at("best").at("score") == results.at("score"));
  CHECK(list[0].at("age_seconds").get<double>() < 600);
  const Answer table = ask({"list", "runs/y"});
  CHECK_THAT(table.out, ContainsSubstring("runs/y") && ContainsSubstring("1/1") && !ContainsSubstring("runs/x"));
  // Where a run is missing, there is something to go on with; a folder that cannot be read costs its line alone.
  REQUIRE(ask({"run", "x.json", "--out", "runs/z", "--json"}).status == 0);
  for (const auto& run : fs::directory_iterator("runs/z/runs")) fs::remove(run.path() / "summary.json");
  WorkFolder::write("runs/x/experiment.json", "{");
  const Answer damaged = ask({"list", "--json"});
  CHECK(damaged.status == 0);
  CHECK(damaged.json().size() == 2);
  CHECK(damaged.json()[1].at("state") == "waiting");
  CHECK(damaged.json()[1].at("best").is_null());
  CHECK_THAT(damaged.err, ContainsSubstring("warning: runs/x/experiment.json"));
  refuse(2, "elsewhere: there is no such folder", {"list", "elsewhere"});
}

TEST_CASE("Clean shows what may go and removes it only when told to", "[program]") {
  const TwoFolders folders;
  const auto before = WorkFolder::content();
  for (const apps::Words& words : {apps::Words{"clean"}, apps::Words{"clean", "--dry-run"}}) {
    const Answer shown = ask(words);
    CHECK(shown.status == 0);
    CHECK_THAT(shown.out, ContainsSubstring("step-000000002.safetensors") && ContainsSubstring("its run is done") &&
                              ContainsSubstring("nothing was removed: staircase clean runs --yes does it"));
    CHECK((WorkFolder::content() == before));
  }
  const config::Json removed = ask({"clean", "--yes", "--json"}).json();
  CHECK(removed.at("removed") == true);
  CHECK(removed.at("bytes") == 1000);
  CHECK(removed.at("items").size() == 1);
  auto after = WorkFolder::content();
  CHECK(before.size() == after.size() + 2);  // the file and its folder
  for (const auto& [path, bytes] : after) CHECK(before.at(path) == bytes);
  CHECK(ask({"clean"}).out == "runs: holds nothing that may go\n");
  CHECK(ask({"run", "x.json", "--dry-run", "--json"}).json().at("done") == 1);
  refuse(2, "--yes and --dry-run are two ways", {"clean", "--yes", "--dry-run"});
}

TEST_CASE("A report is opened in the browser that the user has, and what keeps it from opening is said", "[program]") {
  const TwoFolders folders;
  write_browser("browser", 0);
  const Answer one = ask({"report", "runs/x", "--open", "--json"});
  CHECK(one.status == 0);
  CHECK(one.json().at("name") == "x");
  CHECK(ask({"report", "runs/x", "runs/y", "--open"}).status == 0);
  refuse(2, "--out nowhere/page.html: there is no folder nowhere",
         {"report", "runs/x", "runs/y", "--out", "nowhere/page.html"});
  refuse(2, "--out .: is a folder, not a file to write", {"report", "runs/x", "runs/y", "--out", "."});
  CHECK(WorkFolder::content().at("./shown.txt") == "runs/x/report.html\ncomparison.html\n");
  write_browser("broken", 3);
  const Answer failed = ask({"report", "runs/x", "--open"});
  CHECK(failed.status == 1);
  CHECK_THAT(failed.err, ContainsSubstring("runs/x/report.html: cannot be opened: ") &&
                             ContainsSubstring("broken ended with status 3"));
  ::setenv("BROWSER", "no-such-browser", 1);
  CHECK_THAT(ask({"report", "runs/x", "--open"}).err, ContainsSubstring("no-such-browser: No such file"));
}

}  // namespace folders_test
