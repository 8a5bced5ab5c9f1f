#include "progress.h"

#include "console.h"
#include "display.h"
#include "progress_events.h"
#include "staircase/base/errors.h"
#include "tensorboard.h"

namespace staircase::apps {
namespace {

/// For logs in which nothing is to stand but what went wrong.
class Quiet : public execution::ExperimentObserver {
 public:
  explicit Quiet(const std::filesystem::path& folder) : report_(folder) {}

  std::unique_ptr<execution::RunObserver> watch(const execution::RunLabel& label) override {
    return std::make_unique<OfRun>(label);
  }
  void on_run_over() override {
    if (const auto problem = report_.run_over()) on_warning(*problem);
  }
  void on_warning(const std::string& text) override { print_warning(text); }

 private:
  struct OfRun : execution::RunObserver {
    explicit OfRun(const execution::RunLabel& label) : name(label.name + ", seed " + std::to_string(label.seed)) {}
    void on_failed(const std::string& reason) override { print_warning(name + " failed: " + reason); }
    void on_warning(const std::string& text) override { print_warning(text); }
    std::string name;
  };
  report::FreshReport report_;
};

}  // namespace

void add_progress_options(Arguments& arguments) {
  arguments.options()("quiet", "tell nothing on stderr but warnings and failures")(
      "progress", "json: tell it on stderr as events, a JSON object a line", cxxopts::value<std::string>(), "json")(
      "tensorboard", "write event files into DIR/tensorboard: scalars, learning rate, hyperparameters");
}

ProgressOptions progress_options(const Arguments& arguments) {
  const bool quiet = arguments.has("quiet"), tensorboard = arguments.has("tensorboard");
  if (!arguments.has("progress")) return {quiet ? Progress::quiet : Progress::shown, tensorboard};
  const auto wanted = arguments.get<std::string>("progress");
  if (wanted != "json") throw RequestError("--progress: found \"" + wanted + "\", allowed is json");
  if (quiet) throw RequestError("--quiet and --progress json: are two ways to tell; name one");
  return {Progress::events, tensorboard};
}

std::unique_ptr<execution::ExperimentObserver> make_progress(const ProgressOptions& options,
                                                             const std::filesystem::path& folder) {
  std::unique_ptr<execution::ExperimentObserver> observer;
  if (options.progress == Progress::quiet) observer = std::make_unique<Quiet>(folder);
  else if (options.progress == Progress::events) observer = std::make_unique<ProgressEvents>(folder);
  else observer = std::make_unique<Display>(folder);
  if (!options.tensorboard) return observer;
  return std::make_unique<Tensorboard>(folder, std::move(observer));
}

}  // namespace staircase::apps
