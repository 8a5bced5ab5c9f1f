#include "staircase/execution/failure_sentence.h"

#include <c10/util/Exception.h>

#include <new>

#include "execution/small_run.h"
#include "staircase/execution/worker.h"
#include "support/catch.h"

namespace failure_sentence_test {

using namespace staircase;
using namespace staircase::execution;

namespace {

RunPlace place_of_run() {
  RunPlace place{"kernel_7", 3, 12, 340, tests::small_configuration()};
  place.configuration.recipe.batch_size = 64;
  place.configuration.recipe.micro_batch_size = 0;
  place.configuration.data.image_size_px = 224;
  return place;
}

template <class Throw>
std::string sentence(Throw&& raise, const RunPlace& place) {
  try {
    raise();
  } catch (const std::exception&) {
    return failure_sentence(place);
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("A refused allocation names row, seed, step, the memory wanted, and what takes less", "[execution]") {
  const auto refused = [] {
    TORCH_CHECK(false,
                "[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to "
                "allocate 6442450944 bytes. Error code 12 (Cannot allocate memory)");
  };
  CHECK(sentence(refused, place_of_run()) ==
        "out of memory in kernel_7, seed 3 after step 12 of 340, where 6.00 GiB were wanted; less is taken with "
        "/recipe/checkpoint_activations true, which changes no result, a /recipe/micro_batch_size below 64, a "
        "/data/image_size_px below 224, /recipe/precision bf16, or fewer /loader_workers or --jobs");
  RunPlace place = place_of_run();
  place.step = place.steps = 0;
  place.configuration.recipe.micro_batch_size = 2;
  place.configuration.recipe.checkpoint_activations = true;
  place.configuration.recipe.precision = config::Precision::bf16;
  CHECK(sentence(refused, place) ==
        "out of memory in kernel_7, seed 3 before a step was done, where 6.00 GiB were wanted; less is taken with a "
        "/data/image_size_px below 224, or fewer /loader_workers or --jobs");
}

TEST_CASE("A lack of memory is known by the words of every allocator", "[execution]") {
  const auto starts = [](const std::string& text, const std::string& start) {
    INFO(text);
    CHECK(text.starts_with("out of memory in kernel_7, seed 3 after step 12 of 340" + start));
  };
  starts(sentence([] { throw std::bad_alloc(); }, place_of_run()), "; less");
  starts(sentence([] { throw std::runtime_error("CUDA out of memory. Tried to allocate 20.50 MiB (GPU 0; 79.1 GiB)"); },
                  place_of_run()),
         ", where 20.50 MiB were wanted; less");
  starts(sentence([] { throw std::runtime_error("std::bad_alloc"); }, place_of_run()), "; less");
  CHECK(sentence([] { throw std::runtime_error("x.jpg: is damaged"); }, place_of_run()) == "x.jpg: is damaged");
}

TEST_CASE("A worker that the system killed leaves its row, its last step and what takes less memory", "[execution]") {
  const tests::TemporaryFolder folder;
  WorkOrder order;
  order.folder = folder.path();
  order.run = {place_of_run().configuration, 3, "kernel_7", "content"};
  const std::string step =
      R"({"step":{"epoch":1,"epochs":2,"step":12,"steps":340,"loss":1,"learning_rate":1,"images_per_second":1,"seconds_left":1}})";
  Worker worker({"/bin/sh", "-c", "echo '" + step + "'; kill -9 $$"}, order, std::make_unique<RunObserver>());
  while (worker.advance()) {}
  const runs::Ledger ledger(folder.path());
  CHECK(worker.finish(ledger, order.run) == RunOutcome::failed);
  CHECK(ledger.failure(order.run) ==
        "its process was killed by signal 9 (Killed, as the system does when memory runs out); if so: out of memory in "
        "kernel_7, seed 3 after step 12 of 340; less is taken with /recipe/checkpoint_activations true, which changes "
        "no result, a /recipe/micro_batch_size below 64, a /data/image_size_px below 224, /recipe/precision bf16, or "
        "fewer /loader_workers or --jobs");
}

}  // namespace failure_sentence_test
