// What is wrong with a request is said in one sentence, before anything is written.
#include "program/program.h"
#include "staircase/processes/process_group.h"

namespace refusals_test {

using namespace staircase;
using namespace staircase::tests;

namespace {

struct Refusal {
  const char* part;
  apps::Words words;
};

void refuse_all(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) refuse(2, refusal.part, refusal.words);
}

/// `run x.json --set WORD...`.
apps::Words run_with(const std::vector<std::string>& assignments) {
  apps::Words words{"run", "x.json"};
  for (const std::string& assignment : assignments) words.insert(words.end(), {"--set", assignment});
  return words;
}

config::Json three_steps() {
  config::Json content = tiny_experiment();
  content["kind"] = "ablation";
  content["seeds"] = {0, 1};
  content["steps"] = {{{"name", "gelu"}, {"set", {{"/model/activation", "gelu"}}}},
                      {{"name", "layer"}, {"set", {{"/model/norm", "layer"}}}},
                      {{"name", "kernel"}, {"set", {{"/model/kernel_size", 5}}}}};
  return content;
}

}  // namespace

TEST_CASE("A wrong command, file or option is refused in one sentence", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  refuse_all({{"did you mean \"run\"", {"rum", "x.json"}},
              {"absent.json", {"run", "absent.json"}},
              {"cuda", {"run", "x.json", "--device", "cuda:99"}},
              {"unknown", {"run", "x.json", "--unknown"}},
              {"run: --jobs: \"x\" is no number that it takes;", {"run", "x.json", "--jobs", "x"}},
              {"run: --processes: \"1.5\" is no number", {"run", "x.json", "--processes=1.5"}},
              {"from 1 to", {"run", "x.json", "--dry-run", "--processes", "4096"}},
              {"with --network-gbit more, on other", {"run", "x.json", "--dry-run", "--processes", "4096"}},
              {"staircase: run: takes CONFIG, found nothing; for example", {"run"}},
              {"staircase: run: takes CONFIG, found x.json y.json;", {"run", "x.json", "y.json"}},
              {"staircase: eval: needs --weights and --data;", {"eval"}},
              {"is not a folder of results", {"report", "."}},
              {"is not a folder of results", {"report", ".", ".", "--out", "both.html"}},
              {"--out: is for several folders", {"report", ".", "--out", "one.html"}},
              {"not a known ladder", {"ladder", "resnet50"}},
              {"did you mean \"convnext_tiny\"", {"describe", "convnext_tny"}},
              {"/model/FIELD", {"describe", "resnet50", "--set", "/recipe/epochs=3"}},
              {"--batch-size", {"bench", "resnet50", "--batch-size", "0"}},
              {"--profile and --loader: are two", {"bench", "x.json", "--profile", "--loader"}},
              {"--profile: measures on the CPU", {"bench", "x.json", "--profile", "--device", "cuda"}},
              {"--workers: goes only with", {"bench", "x.json", "--workers", "2"}},
              {"--loader: takes an experiment's file, found resnet50", {"bench", "resnet50", "--loader"}},
              {"bench takes /model/FIELD and /recipe/FIELD", {"bench", "resnet50", "--set", "/data/path=x"}}});
}

TEST_CASE("Manual pages need a folder, and completion a shell that is known", "[program]") {
  const WorkFolder work;
  WorkFolder::write("notes", "a file");
  refuse_all({{"notes: cannot be a folder: notes is a file", {"manual", "notes"}},
              {"notes/man: cannot be a folder: notes is a file", {"manual", "notes/man"}},
              {"manual: takes DIR, found nothing", {"manual"}},
              {"found \"tcsh\", allowed is bash, zsh or fish", {"completion", "tcsh"}}});
}

TEST_CASE("A wrong field or value is refused by its pointer", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  refuse_all({{"x.json: /model/nrm: is not a known field (did you mean \"norm\"?)", run_with({"/model={\"nrm\": 1}"})},
              {"\"layr\" is not one of batch, layer, group (did you mean \"layer\"?)", run_with({"/model/norm=layr"})},
              {"/model/width: found \"wide\"", run_with({"/model/width=wide"})},
              {"/model/kernel_size: found 64, allowed is an integer from 1 to 63", run_with({"/model/kernel_size=64"})},
              {"/model/kernel_size: 4 is even, which only windows can be", run_with({"/model/kernel_size=4"})},
              {"/model/image_size_px: found 64, but the data has 32 px; 0 takes the data's",
               run_with({"/model=deit_tiny", "/model/image_size_px=64", "/data/image_size_px=32"})},
              {"/recipe/batch_size: found 1000000000000", run_with({"/recipe/batch_size=1000000000000"})},
              {"at most 2000 million", run_with({"/model/width=4096", "/model/width_factor=16"})},
              {"x.json: /recipe/batch_size: found 65, allowed is at most 64, the number of training images (in the "
               "configuration x)",
               run_with({"/recipe/batch_size=65"})},
              {"/model/groups", run_with({"/model/spatial=grouped", "/model/groups=7"})},
              {"/data/image_size_px: 16 px is too small", run_with({"/model=convnext_tiny", "/data/image_size_px=16"})},
              {"/data/path", run_with({"/data/path=somewhere"})},
              {"did you mean \"backbone\"", run_with({"/init/freeze=backbon"})}});
}

TEST_CASE("A plan needs a difference to show, rows that differ, and something that tells their spread", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  refuse_all({{"plan needs --smallest POINTS", {"plan", "x.json"}},
              {"--smallest: found 0.0, allowed is 0.01 to 100 points", {"plan", "x.json", "--smallest", "0"}},
              {"x.json: /kind: single trains one configuration", {"plan", "x.json", "--smallest", "1"}}});
  write_experiment(three_steps());
  refuse(2, "runs/x: no two rows that differ have two seeds done", {"plan", "x.json", "--smallest", "1"});
}

TEST_CASE("Files that are no JSON, or say a key twice, are refused", "[program]") {
  const WorkFolder work;
  WorkFolder::write("x.json", R"({"kind": "single", "kind": "single"})");
  refuse(2, "\"kind\" stands twice", {"run", "x.json"});
  WorkFolder::write("x.json", R"({"kind": "single", "seeds": [NaN]})");
  refuse(2, "is not JSON", {"run", "x.json"});
}

TEST_CASE("Data that is missing or damaged is refused by its path", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  refuse(2, "nowhere", run_with({R"(/data={"kind": "image_folder", "path": "nowhere"})"}));
  std::filesystem::create_directories("photos/train/cat");
  std::filesystem::create_directories("photos/val/cat");
  refuse(2, "photos/train/cat", run_with({R"(/data={"kind": "image_folder", "path": "photos"})"}));
  // CIFAR-10 with one image a file, but the first file is cut short.
  std::filesystem::create_directory("cifar");
  WorkFolder::write("cifar/batches.meta.txt", "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n");
  for (const std::string name : {"data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"})
    WorkFolder::write("cifar/" + name + ".bin", std::string(3073, '\0'));
  WorkFolder::write("cifar/data_batch_1.bin", std::string(5000, '\0'));
  refuse(2, "cifar/data_batch_1.bin: has 5,000 bytes, expected a multiple of 3,073",
         run_with({R"(/data={"kind": "cifar10", "path": "cifar"})"}));
}

TEST_CASE("A preview that cannot be made is refused, and one that can is a PNG with its labels", "[program]") {
  const WorkFolder work;
  write_experiment(tiny_experiment());
  std::filesystem::create_directory("folder.png");
  const auto preview = [](const std::vector<std::string>& rest) {
    apps::Words words{"preview", "x.json", "--out", "x.png"};
    words.insert(words.end(), rest.begin(), rest.end());
    return words;
  };
  refuse_all(
      {{"preview: needs --out", {"preview", "x.json"}},
       {"absent.json", {"preview", "absent.json", "--out", "x.png"}},
       {"ends in .png", {"preview", "x.json", "--out", "x.jpg"}},
       {"there is no folder nowhere", {"preview", "x.json", "--out", "nowhere/x.png"}},
       {"folder.png: is a folder", {"preview", "x.json", "--out", "folder.png"}},
       {"--images: found 0, allowed is an integer from 1 to 1024", preview({"--images", "0"})},
       {"--images: found 206, allowed is an integer from 1 to 205 of 512 px in one picture",
        preview({"--images", "206", "--set", "/data/image_size_px=512"})},
       {"65 images are more than the 64 that an epoch has", preview({"--images", "65"})},
       {"--epoch: found 2, allowed is an integer from 1 to 1", preview({"--epoch", "2"})},
       {"\"y\" is no configuration of x.json (did you mean \"x\"?); it has x", preview({"--variant", "y"})},
       {"x.json: /recipe/batch_size: found 65, allowed is at most 64", preview({"--set", "/recipe/batch_size=65"})}});
  const Answer answer = ask(preview({"--images", "3", "--json"}));
  CHECK(answer.status == 0);
  CHECK_THAT(answer.out, ContainsSubstring("\"class\": ") && ContainsSubstring("\"weight\": "));
  CHECK(WorkFolder::content().at("./x.png").substr(1, 3) == "PNG");
}

TEST_CASE("diff tells the weights of the start and the model's own drop path", "[program]") {
  const WorkFolder work;
  WorkFolder::write("a.json", R"({"kind": "single", "base": {"model": "resnet50", "init": {"weights": "w.pth"}}})");
  WorkFolder::write("b.json", R"({"kind": "single", "base": {"model": "convnext_tiny"}})");
  const Answer answer = ask({"diff", "a.json", "b.json", "--json"});
  CHECK(answer.status == 0);
  CHECK_THAT(answer.out, ContainsSubstring("\"/init/weights\"") && ContainsSubstring("\"/model_drop_path_rate\""));
}

TEST_CASE("diff compares steps by their names", "[program]") {
  const WorkFolder work;
  config::Json content = three_steps();
  WorkFolder::write("a.json", content.dump());
  content["steps"].erase(0);
  content["steps"][1]["set"] = {{"/model/kernel_size", 7}};
  content["name"] = "a";
  WorkFolder::write("b.json", content.dump());
  const config::Json differences = ask({"diff", "a.json", "b.json", "--json"}).json();
  CHECK(differences ==
        config::Json::array(
            {{{"pointer", "/steps"}, {"a", {"gelu", "layer", "kernel"}}, {"b", {"layer", "kernel"}}},
             {{"pointer", "/steps/gelu"}, {"a", {{"set", {{"/model/activation", "gelu"}}}}}, {"b", nullptr}},
             {{"pointer", "/steps/kernel/set//model/kernel_size"}, {"a", 5}, {"b", 7}}}));
}

TEST_CASE("An experiment where a network is wanted is refused with the names of its networks", "[program]") {
  const WorkFolder work;
  WorkFolder::write("x.json", R"({"kind": "single", "base": {"model": "resnet50"}})");
  WorkFolder::write("l.json", R"({"kind": "ablation", "ladder": "resnet50-convnext_tiny"})");
  refuse_all(
      {{"x.json: is an experiment, not a network; its networks are named resnet50; a row that was trained is "
        "DIR:ROW@SEED",
        {"describe", "x.json"}},
       {"its networks are named resnet50-convnext_tiny/RUNG", {"describe", "l.json"}},
       {".: is a folder, not a network; a row that was trained is .:ROW@SEED", {"describe", "."}},
       {"x.json is an experiment and resnet50 is a model; diff takes two models", {"diff", "x.json", "resnet50"}}});
}

TEST_CASE("A design that cannot be carried out is refused by name", "[program]") {
  const WorkFolder work;
  write_experiment(three_steps());
  refuse_all({{"/max_configurations: allows 4, but the design shapley of these steps needs at least",
               run_with({"/design=shapley", "/max_configurations=4"})},
              {"needs 7, which are 14 runs with 2 seeds; raise it, or use fewer steps",
               run_with({"/design=pairwise", "/max_configurations=6"})},
              {"did you mean \"gelu\"", run_with({"/steps/1/requires=[\"gelo\"]"})},
              {"gelu requires layer requires gelu",
               run_with({"/steps/1/requires=[\"gelu\"]", "/steps/0/requires=[\"layer\"]"})},
              {"both set /model/norm", run_with({"/design=shapley", "/steps/0/set={\"/model/norm\": \"batch\"}"})},
              {"holds 1 twice", run_with({"/seeds=[1, 1]"})},
              {"holds 0 values", run_with({"/seeds=[]"})}});
}

TEST_CASE("--dry-run says what would be done and what it costs, and writes nothing", "[program]") {
  const WorkFolder work;
  write_experiment(three_steps());
  const auto before = WorkFolder::content();
  const Answer answer = ask({"run", "x.json", "--out", "planned", "--set", "/design=shapley", "--dry-run", "--json"});
  CHECK(answer.status == 0);
  CHECK(answer.json().at("runs") == 16);
  CHECK(answer.json().at("done") == 0);
  CHECK(answer.json().at("training_macs") > 0);
  CHECK(answer.json().at("expected_hours") > 0);
  CHECK(answer.json().contains("smallest_difference"));
  CHECK((WorkFolder::content() == before));
}

TEST_CASE("--dry-run --processes says what a step on them costs, on this machine or on a network", "[program]") {
  if (!processes::have_process_groups()) return;
  const WorkFolder work;
  write_experiment(three_steps());
  apps::Words words{"run",         "x.json", "--set",          "/recipe/micro_batch_size=2", "--dry-run",
                    "--processes", "4",      "--network-gbit", "0.008"};
  // A network of one bucket.
  CHECK_THAT(ask(words).out, ContainsSubstring(" kB in ") && ContainsSubstring(" at 0.00085 GB/s, none of it while"));
  words.push_back("--json");
  const config::Json group = ask(words).json().at("group");
  CHECK(group.at("processes") == 4);
  CHECK(group.at("bytes_per_second") == 850000);
  const config::Json step = group.at("steps").at(0);
  CHECK(step.at("row") == "base");
  CHECK(step.at("sending_seconds") == step.at("sent_bytes").get<double>() / 850000);
  CHECK(step.at("seconds") > step.at("compute_seconds"));
  CHECK(ask({"run", "x.json", "--dry-run", "--json"}).json().at("group").is_null());
  refuse(2, "--network-gbit is of --dry-run --processes N", {"run", "x.json", "--network-gbit", "10"});
  refuse(2, "--network-gbit: found 0.0, allowed is 0.001 to 100000",
         {"run", "x.json", "--dry-run", "--processes", "4", "--network-gbit", "0"});
}

}  // namespace refusals_test
