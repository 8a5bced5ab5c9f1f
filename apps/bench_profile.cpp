#include "bench_profile.h"

#include <ATen/Parallel.h>

#include <iostream>

#include "bench_loader.h"
#include "console.h"
#include "staircase/base/build_info.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"
#include "staircase/data/open_data.h"
#include "staircase/experiment/design.h"
#include "staircase/plan/plan.h"
#include "staircase/train/profile.h"

namespace staircase::apps {
namespace {

/// With the classes and channels that a network has by itself.
config::Configuration completed(config::Configuration c) {
  const plan::ModelPlan plan = plan::plan_model(c.model, plan::square(c.data.image_size_px));
  c.model.num_classes = plan.head.back().out;
  c.model.in_channels = plan.stem.front().in;
  return c;
}

train::StepProfile profile(const Arguments& arguments, const BenchSubject& subject) {
  const auto seconds = arguments.get<double>("seconds");
  if (!subject.experiment) return train::profile_steps_in_memory(completed(subject.configuration), seconds);
  train::TrainJob job = bench_job(arguments, subject);
  job.configuration.model.num_classes = static_cast<int64_t>(job.data.class_names.size());
  job.configuration.model.in_channels = job.data.channels;
  return train::profile_steps(job, seconds);
}

config::Json to_json(const BenchSubject& subject, const train::StepProfile& profile) {
  config::Json parts = config::Json::array();
  for (const auto& part : profile.parts)
    parts.push_back({{"part", part.name},
                     {"ms", part.ms},
                     {"backward_ms", part.backward_ms},
                     {"share", part.ms / profile.step_ms}});
  return {{"model", subject.name},
          {"step_ms", profile.step_ms},
          {"steps", profile.steps},
          {"parts", parts},
          {"batch_size", subject.configuration.recipe.batch_size},
          {"image_size", subject.configuration.data.image_size_px},
          {"precision", config::to_name(subject.configuration.recipe.precision)},
          {"threads", at::get_num_threads()},
          {"machine", machine_description()}};
}

void print(const BenchSubject& subject, const train::StepProfile& profile) {
  const config::RecipeOptions& recipe = subject.configuration.recipe;
  std::cout << subject.name << ", " << subject.configuration.data.image_size_px << " px, batch " << recipe.batch_size
            << ", " << config::to_name(recipe.precision) << ", cpu, " << at::get_num_threads() << " threads, "
            << profile.steps << " steps\n";
  std::vector<std::vector<std::string>> rows;
  double backward_ms = 0;
  const auto add = [&](const std::string& name, double ms, double backward) {
    rows.push_back(
        {name, decimals(ms, 2), backward > 0 ? decimals(backward, 2) : "", decimals(100 * ms / profile.step_ms, 1)});
  };
  for (const auto& part : profile.parts) {
    add(part.name, part.ms, part.backward_ms);
    backward_ms += part.backward_ms;
  }
  add("a step", profile.step_ms, backward_ms);
  print_table({"part", "ms", "of it backward", "% of the step"}, {false, true, true, true}, rows);
}

}  // namespace

int bench_profile(const Arguments& arguments, const BenchSubject& subject) {
  const train::StepProfile result = profile(arguments, subject);
  if (arguments.json()) print_json(to_json(subject, result));
  else print(subject, result);
  return 0;
}

}  // namespace staircase::apps
