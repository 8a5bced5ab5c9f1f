// `run --slurm` with a sbatch that only says what it was given; tests/slurm.sh has a real one.
#include "program/program.h"

#include <cstdlib>

namespace slurm_test {

using namespace staircase;
using namespace staircase::tests;
namespace fs = std::filesystem;

namespace {

/// A variable of the environment, until the end of the scope.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (before_.empty()) ::unsetenv(name_);
    else ::setenv(name_, before_.c_str(), 1);
  }

 private:
  const char* name_;
  std::string before_;
};

/// A sbatch at the front of the PATH, which is this shell script.
class Sbatch {
 public:
  explicit Sbatch(const std::string& script) : path_("PATH", (folder_.path() / ":").string() + std::getenv("PATH")) {
    std::ofstream(folder_ / "sbatch") << "#!/bin/sh\n" << script;
    fs::permissions(folder_ / "sbatch", fs::perms::owner_all);
  }

 private:
  TemporaryFolder folder_;
  Variable path_;
};

config::Json two_seeds() {
  config::Json content = tiny_experiment();
  content["name"] = "two";
  content["seeds"] = {0, 1};
  return content;
}

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("--slurm hands sbatch a script in the folder, and says the job and how to follow it", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("echo \"$*\" >given; echo 4711\n");
  write_experiment(two_seeds());
  const Answer answer = ask({"run", "x.json", "--slurm", "--time=1:00:00 --gres=gpu:1", "--set", "/recipe/epochs=2",
                             "--device", "cuda", "--out", "my results"});
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  CHECK(text_of("given") == "--parsable my results/slurm/job.sh\n");
  const std::string script = text_of("my results/slurm/job.sh");
  CHECK_THAT(script, ContainsSubstring("#SBATCH --array=0-1\n"));
  CHECK_THAT(script, ContainsSubstring("#SBATCH --ntasks=1\n"));
  CHECK_THAT(script, ContainsSubstring("#SBATCH --output=\"" + fs::current_path().string() +
                                       "/my results/slurm/%A_%a.txt\"\n"));
  CHECK_THAT(script,
             ContainsSubstring("run x.json --set /recipe/epochs=2 --device cuda --out 'my results' --shared &"));
  // What the user says comes last, where it counts.
  CHECK(script.find("#SBATCH --time=1:00:00 --gres=gpu:1\n") > script.find("#SBATCH --signal"));
  CHECK(script.rfind("#SBATCH") == script.find("#SBATCH --time"));
  CHECK_THAT(answer.out, ContainsSubstring("2 runs, 0 done, 2 to do in my results\n"));
  CHECK_THAT(answer.out, ContainsSubstring("Job 4711"));
  CHECK_THAT(answer.out, ContainsSubstring("staircase status 'my results'"));
  CHECK_THAT(answer.out, ContainsSubstring("squeue --job 4711"));
  CHECK_THAT(answer.out, ContainsSubstring("scancel 4711"));
  const config::Json status = ask({"status", "my results", "--json"}).json();
  CHECK(status["waiting"] == 2);
}

TEST_CASE("The script is one that a shell understands", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("sh -n \"$2\" && echo 1\n");
  write_experiment(two_seeds());
  CHECK(ask({"run", "x.json", "--slurm", "", "--out", "it's 100 %, here"}).status == 0);
  CHECK_THAT(text_of("it's 100 %, here/slurm/job.sh"), ContainsSubstring("it's 100 %%, here/slurm/%A_%a.txt\"\n"));
}

TEST_CASE("--slurm --processes makes each task of the array so many processes", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("echo 1\n");
  config::Json content = two_seeds();
  content["base"]["recipe"]["micro_batch_size"] = 2;
  write_experiment(content);
  REQUIRE(ask({"run", "x.json", "--slurm", "--nodes=2", "--processes", "8", "--out", "out"}).status == 0);
  const std::string script = text_of("out/slurm/job.sh");
  CHECK_THAT(script, ContainsSubstring("#SBATCH --ntasks=8\n"));
  CHECK(script.find("--processes") == std::string::npos);
}

TEST_CASE("--slurm --dry-run shows the script and writes nothing", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("echo submitted >given\n");
  write_experiment(two_seeds());
  const auto before = WorkFolder::content();
  const Answer answer = ask({"run", "x.json", "--slurm=--mem=8G", "--dry-run"});
  CHECK(answer.status == 0);
  CHECK(answer.out.starts_with("#!/bin/sh\n"));
  CHECK_THAT(answer.out, ContainsSubstring("#SBATCH --mem=8G\n"));
  CHECK_THAT(answer.err, ContainsSubstring("2 to do"));
  const config::Json json = ask({"run", "x.json", "--slurm", "--mem=8G", "--dry-run", "--json"}).json();
  CHECK(json["job"].is_null());
  CHECK(json["text"] == answer.out);
  CHECK((WorkFolder::content() == before));
}

TEST_CASE("--slurm submits what is missing, and nothing where nothing is", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("echo 12\n");
  config::Json content = two_seeds();
  content["seeds"] = {0};
  content["threads"] = 1;
  write_experiment(content);
  REQUIRE(ask({"run", "x.json", "--out", "out", "--quiet"}).status == 0);
  const Answer none = ask({"run", "x.json", "--out", "out", "--slurm", ""});
  CHECK(none.status == 0);
  CHECK_THAT(none.out, ContainsSubstring("Nothing is submitted"));
  CHECK_FALSE(fs::exists("out/slurm"));
  const Answer more = ask({"run", "x.json", "--out", "out", "--set", "/seeds=[0,1,2,3]", "--slurm", "", "--json"});
  REQUIRE(more.status == 0);
  CHECK(more.json()["job"] == "12");
  CHECK(more.json()["to_do"] == 3);
  CHECK_THAT(text_of("out/slurm/job.sh"), ContainsSubstring("#SBATCH --array=0-2\n"));
}

TEST_CASE("The first task settles the threads that a submission leaves open", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("echo 12\n");
  config::Json content = two_seeds();
  content["seeds"] = {0};
  write_experiment(content);
  REQUIRE(ask({"run", "x.json", "--out", "out", "--slurm", ""}).status == 0);
  CHECK(config::parse_json(text_of("out/experiment.json"), "")["threads"] == 0);
  REQUIRE(ask({"run", "x.json", "--out", "out", "--shared", "--quiet", "--set", "/threads=1"}).status == 0);
  CHECK(config::parse_json(text_of("out/experiment.json"), "")["threads"] == 1);
}

TEST_CASE("What failed is left by programs that share a folder, and tried again after a submission", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch("echo 12\n");
  config::Json content = two_seeds();
  content["seeds"] = {0};
  content["threads"] = 1;
  content["base"]["recipe"]["optimizer"] = "sgd";
  content["base"]["recipe"]["weight_decay"] = 10;
  content["base"]["recipe"]["learning_rate"] = 1000;
  content["base"]["recipe"]["clip_grad_norm"] = 0;
  content["base"]["recipe"]["epochs"] = 20;
  write_experiment(content);
  CHECK(ask({"run", "x.json", "--out", "out", "--quiet"}).status == 1);
  REQUIRE(ask({"status", "out", "--json"}).json()["failed"] == 1);
  const Answer left = ask({"run", "x.json", "--out", "out", "--shared", "--progress", "json"});
  CHECK(left.status == 1);
  CHECK_THAT(left.err, ContainsSubstring("1 run of out left as they are"));
  REQUIRE(ask({"run", "x.json", "--out", "out", "--slurm", ""}).status == 0);
  CHECK(ask({"status", "out", "--json"}).json()["failed"] == 0);
}

TEST_CASE("What cannot be submitted is refused in one sentence", "[program]") {
  const WorkFolder work;
  config::Json content = two_seeds();
  content["base"]["recipe"]["micro_batch_size"] = 2;
  write_experiment(content);
  {
    const Variable nothing("PATH", "/nonexistent");
    refuse(2, "--slurm: sbatch is not on the PATH", {"run", "x.json", "--slurm", ""});
  }
  const Sbatch sbatch("echo 1\n");
  refuse(2, "--jobs 2 and --processes 2 cannot go together",
         {"run", "x.json", "--slurm", "", "--jobs", "2", "--processes", "2"});
  refuse(2, "does not fit into a line of a job script", {"run", "x.json", "--slurm", "--mem=1G\nrm -r x"});
  refuse(2, "found 3, allowed are 1, 2, 4, 8", {"run", "x.json", "--slurm", "", "--processes", "3"});
  const Variable rank("RANK", "0"), size("WORLD_SIZE", "2");
  refuse(2, "--slurm: is for the command line", {"run", "x.json", "--slurm", ""});
}

TEST_CASE("What sbatch refuses is said in its words", "[program]") {
  const WorkFolder work;
  const Sbatch sbatch(
      "echo 'sbatch: error: invalid partition specified: gpu' >&2\n"
      "echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2\nexit 1\n");
  write_experiment(two_seeds());
  const Answer answer = ask({"run", "x.json", "--out", "out", "--slurm", "--partition=gpu", "--json"});
  CHECK(answer.status == 2);
  CHECK(answer.out.empty());
  CHECK(answer.err ==
        "staircase: sbatch refuses out/slurm/job.sh: invalid partition specified: gpu; Batch job submission failed: "
        "Invalid partition name specified\n");
}

}  // namespace slurm_test
