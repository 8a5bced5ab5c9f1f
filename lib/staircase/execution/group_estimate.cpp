#include "staircase/execution/group_estimate.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <future>

#include "staircase/base/clock.h"
#include "staircase/execution/team.h"
#include "staircase/plan/plan.h"
#include "staircase/processes/process_group.h"
#include "staircase/train/gradient_sum.h"

namespace staircase::execution {
namespace {

/// Seconds of a sum over two processes, by one of them.
double seconds_a_sum(int64_t rank, int64_t port, int64_t numbers) {
  processes::ProcessGroup group(place_in_team(rank, 2, port, "link"), std::chrono::seconds(10));
  torch::Tensor vector = torch::zeros({numbers});
  group.tree_sum(vector);  // the first takes memory
  const int sums = 4;
  const auto start = Clock::now();
  for (int i = 0; i < sums; ++i) group.tree_sum(vector);
  return seconds_since(start) / sums;
}

}  // namespace

double bytes_per_second_of(double gbit_per_second) {
  const double of_line_rate = 0.85;
  return gbit_per_second * 1e9 / 8 * of_line_rate;
}

std::optional<double> measure_bytes_per_second() {
  if (!processes::have_process_groups()) return std::nullopt;
  try {
    const processes::MeetingPlace meeting_place;
    const int64_t numbers = train::bucket_floats;
    auto other = std::async(std::launch::async, seconds_a_sum, 1, meeting_place.port(), numbers);
    const double seconds = seconds_a_sum(0, meeting_place.port(), numbers);
    other.get();
    return static_cast<double>(numbers) * sizeof(float) / seconds;  // half of them twice
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

GroupStep estimate_group_step(const train::TrainJob& job, double seconds_an_image, const GroupLink& link) {
  const config::RecipeOptions& recipe = job.configuration.recipe;
  const auto processes = static_cast<double>(link.processes), images = static_cast<double>(recipe.batch_size);
  const auto numbers =
      static_cast<double>(plan::count_model(job.configuration.model, job.configuration.data.image_size_px).params);
  const double bytes = numbers * sizeof(float), of_others = (processes - 1) / processes;
  GroupStep step;
  step.compute_seconds = images / processes * seconds_an_image;
  const bool in_bf16 = recipe.gradient_exchange == config::Precision::bf16;
  const double gradient_bytes = 2 * of_others * bytes / (in_bf16 ? 2 : 1);
  step.sent_bytes = gradient_bytes + (recipe.shard_optimizer ? of_others * bytes : 0.0);
  step.sending_seconds = step.sent_bytes / link.bytes_per_second;
  const double micro_batch =
      recipe.micro_batch_size > 0 ? static_cast<double>(recipe.micro_batch_size) : images / processes;
  const double backward_seconds = 2.0 / 3 * micro_batch * seconds_an_image;
  const double buckets = std::max(1.0, std::ceil(numbers / static_cast<double>(train::bucket_floats)));
  if (link.overlaps)
    step.hidden_seconds = std::min((buckets - 1) / buckets * gradient_bytes / link.bytes_per_second, backward_seconds);
  const double moments = recipe.optimizer == config::Optimizer::adamw ? 2 : 1;
  step.whole_state_bytes = bytes * (moments + (recipe.ema_decay > 0 ? 1 : 0));
  step.state_bytes = step.whole_state_bytes / (recipe.shard_optimizer ? processes : 1);
  return step;
}

}  // namespace staircase::execution
