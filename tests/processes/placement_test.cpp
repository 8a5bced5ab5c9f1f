#include "staircase/processes/placement.h"

#include <map>

#include "staircase/processes/process_group.h"
#include "staircase/processes/tree_sum.h"
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

TEST_CASE("Vectors are added in the order of a tree", "[processes]") {
  // Of these, 1e8 + 1 is 1e8: in a row the ones would vanish, in pairs they do not.
  float numbers[8] = {1e8F, -1e8F, 1, 1, 1e8F, 1, -1e8F, 1};
  add_up_in_tree(numbers, 8, 1);
  CHECK(numbers[0] == ((1e8F - 1e8F) + 2.0F) + ((1e8F + 1.0F) + (-1e8F + 1.0F)));
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
