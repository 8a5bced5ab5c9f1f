#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "arguments.h"
#include "staircase/execution/observer.h"

namespace staircase::apps {

/// What is told on stderr while an experiment is trained.
enum class Progress {
  shown,   ///< bars on a terminal, lines elsewhere (display.h)
  quiet,   ///< warnings and failures alone
  events,  ///< a JSON object a line (progress_events.h)
};

struct ProgressOptions {
  Progress progress = Progress::shown;
  bool tensorboard = false;  ///< event files too (tensorboard.h)
};

/// The options --quiet, --progress and --tensorboard, and what they say. Throws RequestError.
void add_progress_options(Arguments& arguments);
ProgressOptions progress_options(const Arguments& arguments);

/// The observer that tells it. `folder`: of the experiment, whose reports are kept up to date.
std::unique_ptr<execution::ExperimentObserver> make_progress(const ProgressOptions& options,
                                                             const std::filesystem::path& folder);

}  // namespace staircase::apps
