#pragma once

#include <algorithm>
#include <functional>
#include <thread>

#include "staircase/base/files.h"
#include "staircase/processes/process_group.h"
#include "support/catch.h"
#include "train/small_job.h"

namespace staircase::tests {

/// 16 images a step in 8 micro-batches, with all that is random.
inline config::Configuration group_configuration(config::Norm norm, const char* recipe) {
  config::Configuration c = small_configuration();
  c.model.norm = norm;
  c.recipe.micro_batch_size = 2;
  c.recipe.epochs = 2;
  c.recipe.mixup_alpha = 0.8;
  c.recipe.cutmix_alpha = 1.0;
  if (std::string(recipe) == "sgd") {
    c.recipe.optimizer = config::Optimizer::sgd;
    c.recipe.learning_rate = 0.05;
    c.recipe.ema_decay = 0;
    c.recipe.clip_grad_norm = 0.5;
  }
  return c;
}

/// Does the same in threads that stand for processes, as many on each of some machines. Returns what each threw.
inline std::vector<std::string> together(
    int64_t count, const std::function<void(const std::shared_ptr<processes::ProcessGroup>&)>& work,
    int64_t machines = 1) {
  const processes::MeetingPlace meeting_place;
  std::vector<std::string> failures(static_cast<size_t>(count));
  std::vector<std::thread> threads;
  for (int64_t rank = 0; rank < count; ++rank)
    threads.emplace_back([&, rank] {
      processes::Placement placement;
      placement.launcher = processes::Launcher::staircase;
      placement.rank = rank;
      placement.size = count;
      placement.port = meeting_place.port();
      placement.store_is_there = true;
      placement.prefix = "test";
      placement.host = "machine" + std::to_string(rank * machines / count);
      try {
        work(std::make_shared<processes::ProcessGroup>(placement, std::chrono::seconds(60)));
      } catch (const std::exception& error) {
        failures[static_cast<size_t>(rank)] = error.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  return failures;
}

/// Trains in so many processes, until the one of that rank asks for a stop; -1: none does.
inline std::vector<std::string> train_together(int64_t count, const train::TrainJob& job, int64_t stop_after = -1,
                                               int64_t who_stops = 0, int64_t machines = 1) {
  const auto work = [&](const std::shared_ptr<processes::ProcessGroup>& group) {
    train::TrainJob own = job;
    own.group = group;
    StopAfter observer(group->rank() == who_stops ? stop_after : -1);
    train::train(own, observer, observer.stop);
  };
  return together(count, work, machines);
}

inline void check_same_results(const std::filesystem::path& a, const std::filesystem::path& b) {
  for (const char* name : {"metrics.jsonl", "summary.json", "weights.safetensors", "per_class.json", "correct.bits"}) {
    INFO(name);
    CHECK((read_file(a / name) == read_file(b / name)));
  }
}

inline bool none(const std::vector<std::string>& failures) {
  return std::all_of(failures.begin(), failures.end(), [](const std::string& each) { return each.empty(); });
}

}  // namespace staircase::tests
