#include "staircase/runs/run_queue.h"

#include "staircase/base/files.h"
#include "support/catch.h"
#include "support/small_experiment.h"
#include "support/temporary_folder.h"

namespace run_queue_test {

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;

namespace {

std::vector<RunKey> two_runs() {
  const config::Configuration c = tests::small_configuration();
  return {{c, 0, "base"}, {c, 1, "base"}};
}

void finish(const Ledger& ledger, const RunKey& run) {
  make_folder(ledger.run_folder(run));
  write_file_atomically(ledger.run_folder(run) / "summary.json", "{}");
}

}  // namespace

TEST_CASE("A queue holds what is not done, in order", "[runs]") {
  const tests::TemporaryFolder folder;
  const Ledger ledger(folder.path());
  const auto runs = two_runs();
  RunQueue queue(runs, ledger);
  CHECK(queue.next() == 0);
  CHECK(queue.next() == 1);
  CHECK(queue.empty());
  finish(ledger, runs[0]);
  CHECK(RunQueue(runs, ledger).next() == 1);
}

TEST_CASE("A run that another program works on is passed over until that program is done with it", "[runs]") {
  const tests::TemporaryFolder folder;
  const Ledger ledger(folder.path());
  const auto runs = two_runs();
  RunQueue queue(runs, ledger);
  {
    const auto other = ledger.try_lock(runs[0]);
    CHECK(queue.next() == 1);
    CHECK_FALSE(queue.next());
    CHECK_FALSE(queue.empty());
    finish(ledger, runs[0]);
  }
  CHECK_FALSE(queue.next());
  CHECK(queue.empty());
}

TEST_CASE("One of many programs leaves what has failed, others try it again", "[runs]") {
  const tests::TemporaryFolder folder;
  const Ledger ledger(folder.path());
  const auto runs = two_runs();
  ledger.record_failure(runs[0], "why");
  CHECK(RunQueue(runs, ledger).next() == 0);
  RunQueue queue(runs, ledger, Failures::left);
  CHECK(queue.next() == 1);
  CHECK_FALSE(queue.next());
  CHECK(queue.empty());
}

TEST_CASE("A run whose owner died comes out of the queue, one that failed elsewhere does not", "[runs]") {
  const tests::TemporaryFolder folder;
  const Ledger ledger(folder.path());
  const auto runs = two_runs();
  RunQueue queue(runs, ledger);
  {
    const auto first = ledger.try_lock(runs[0]), second = ledger.try_lock(runs[1]);
    CHECK_FALSE(queue.next());
    ledger.record_failure(runs[1], "out of memory");
  }
  CHECK(queue.next() == 0);
  CHECK_FALSE(queue.next());
  CHECK(queue.empty());
}

TEST_CASE("A run that failed before is tried again by a new start", "[runs]") {
  const tests::TemporaryFolder folder;
  const Ledger ledger(folder.path());
  const auto runs = two_runs();
  ledger.record_failure(runs[0], "no space");
  CHECK(RunQueue(runs, ledger).next() == 0);
}

}  // namespace run_queue_test
