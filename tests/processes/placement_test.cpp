#include "staircase/processes/placement.h"

#include <map>

#include "staircase/processes/process_group.h"
#include "staircase/processes/ranks_a_machine.h"
#include "staircase/processes/watch.h"
#include "support/catch.h"
#include "support/refusal.h"

namespace placement_test {

using namespace staircase;
using namespace staircase::processes;

namespace {

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

}  // namespace

TEST_CASE("Without a launcher there is one process", "[processes]") {
  const Placement p = placement_of(environment({}));
  CHECK(p.size == 1);
  CHECK(p.rank == 0);
  CHECK(p.launcher == Launcher::none);
}

TEST_CASE("torchrun's variables say which process this is, and a restart has keys of its own", "[processes]") {
  const Placement p = placement_of(environment({{"RANK", "5"},
                                                {"WORLD_SIZE", "8"},
                                                {"LOCAL_RANK", "1"},
                                                {"LOCAL_WORLD_SIZE", "4"},
                                                {"MASTER_ADDR", "node1"},
                                                {"MASTER_PORT", "1234"},
                                                {"TORCHELASTIC_RESTART_COUNT", "2"},
                                                {"TORCHELASTIC_USE_AGENT_STORE", "True"}}));
  CHECK(p.launcher == Launcher::torchrun);
  CHECK(p.rank == 5);
  CHECK(p.size == 8);
  CHECK(p.local_rank == 1);
  CHECK(p.local_size == 4);
  CHECK(p.address == "node1");
  CHECK(p.port == 1234);
  CHECK(p.prefix == "attempt2");
  CHECK(p.store_is_there);
}

TEST_CASE("srun's variables do the same, and a job's script is not one of its tasks", "[processes]") {
  std::map<std::string, std::string> variables{
      {"SLURM_JOB_ID", "12"}, {"SLURM_NTASKS", "4"}, {"SLURM_PROCID", "0"}, {"SLURM_JOB_NODELIST", "n[1-2]"}};
  CHECK(placement_of(environment(variables)).size == 1);
  CHECK(tasks_left_out(environment(variables)) == 4);
  variables["SLURM_STEP_NUM_TASKS"] = "4";
  variables["SLURM_STEP_NUM_NODES"] = "2";
  variables["SLURM_STEP_NODELIST"] = "node[03-05,9],x7";
  variables["SLURM_PROCID"] = "3";
  variables["SLURM_LOCALID"] = "1";
  const Placement p = placement_of(environment(variables));
  CHECK(p.launcher == Launcher::slurm);
  CHECK(p.rank == 3);
  CHECK(p.size == 4);
  CHECK(p.local_rank == 1);
  CHECK(p.local_size == 2);
  CHECK(p.address == "node03");
  CHECK(tasks_left_out(environment(variables)) == 0);
}

TEST_CASE("A variable that is no number, out of its range or missing is refused by its name", "[processes]") {
  const auto refused = [](const std::map<std::string, std::string>& variables) {
    return tests::refusal([&] { placement_of(environment(variables)); });
  };
  CHECK(refused({{"RANK", "four"}, {"WORLD_SIZE", "4"}}) == "RANK: found \"four\", allowed is 0 to 3");
  CHECK(refused({{"RANK", "4"}, {"WORLD_SIZE", "4"}}) == "RANK: found \"4\", allowed is 0 to 3");
  CHECK_THAT(refused({{"RANK", "0"}}), ContainsSubstring("WORLD_SIZE: is not set"));
  CHECK_THAT(refused({{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "70000"}}), ContainsSubstring("MASTER_PORT"));
}

TEST_CASE("The first host of Slurm's lists", "[processes]") {
  CHECK(first_host("n1") == "n1");
  CHECK(first_host("n1,n2") == "n1");
  CHECK(first_host("n1,m[2-3]") == "n1");
  CHECK(first_host("n[07-09]") == "n07");
  CHECK(first_host("n[7,9]") == "n7");
}

TEST_CASE("An address that does not resolve is refused in a sentence that names it", "[processes]") {
  Placement placement;
  placement.address = "no-such-host.invalid";
  CHECK_THAT(tests::refusal([&] { check_address(placement); }),
             ContainsSubstring("MASTER_ADDR: \"no-such-host.invalid\" cannot be resolved"));
}

TEST_CASE("The time to wait for others is ten minutes, or what a variable says", "[processes]") {
  const std::string name = "STAIRCASE_GROUP_TIMEOUT_SECONDS";
  CHECK(group_timeout(environment({})) == std::chrono::minutes(10));
  CHECK(group_timeout(environment({{name, "7"}})) == std::chrono::seconds(7));
  CHECK(tests::refusal([&] {
          group_timeout(environment({{name, "0"}}));
        }) == name + ": found \"0\", allowed is 1 to 86400");
}

TEST_CASE("A process takes the GPU of its rank, or the only one that it is shown", "[processes]") {
  Placement placement;
  placement.rank = 5;
  placement.local_rank = 1;
  CHECK(own_gpu(placement, 0, 4) == 1);
  CHECK(own_gpu(placement, 2, 4) == 3);
  CHECK(own_gpu(placement, 0, 1) == 0);
  CHECK_THAT(tests::refusal([&] { own_gpu(placement, 3, 4); }),
             ContainsSubstring("has no GPU: it would be cuda:4, and this LibTorch sees 4 CUDA devices"));
}

TEST_CASE("What has no time limit of its own is given up when it takes too long, or others are silent for too long",
          "[processes]") {
  using std::chrono::milliseconds;
  const auto never = [] { return false; };
  int looks = 0;
  watch_until([&] { return ++looks == 3; }, {milliseconds(5000)}, never);
  CHECK(looks == 3);
  CHECK_THROWS_WITH(watch_until(never, {milliseconds(30), milliseconds(5000), milliseconds(5)}, never), "timed out");
  const Patience short_silence{milliseconds(5000), milliseconds(40), milliseconds(5)};
  CHECK_THROWS_WITH(watch_until(never, short_silence, [] { return true; }), "somebody is silent");
  // Who is silent for a while and then heard again is waited for.
  int silences = 0;
  const auto start = std::chrono::steady_clock::now();
  CHECK_THROWS_WITH(watch_until(never, {milliseconds(2000), milliseconds(1000), milliseconds(5)},
                                [&] { return ++silences % 3 != 0; }),
                    "timed out");
  CHECK(std::chrono::steady_clock::now() - start > milliseconds(2000));
  CHECK(silences > 3);
}

TEST_CASE("Machines with as many ranks each, one after the other, are levels of the tree", "[processes]") {
  CHECK(ranks_a_machine({"a", "a", "b", "b"}) == 2);
  CHECK(ranks_a_machine({"a", "a", "b", "b", "c", "c", "d", "d"}) == 2);
  CHECK(ranks_a_machine({"a", "a", "a", "a", "b", "b", "b", "b"}) == 4);
  CHECK(ranks_a_machine({"a"}) == 1);
  CHECK(ranks_a_machine({"a", "a", "a", "a"}) == 1);
  CHECK(ranks_a_machine({"a", "b", "c", "d"}) == 1);
  CHECK(ranks_a_machine({"a", "b", "a", "b"}) == 1);                      // in turn
  CHECK(ranks_a_machine({"a", "a", "b", "b", "a", "a", "b", "b"}) == 1);  // twice
  CHECK(ranks_a_machine({"a", "a", "a", "b"}) == 1);                      // not as many
  CHECK(ranks_a_machine({"a", "a", "a", "b", "b", "b"}) == 1);            // no power of two
  CHECK(ranks_a_machine({"a", "a", "b", "b", "b", "b", "c", "c"}) == 1);
}

}  // namespace placement_test
