#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "staircase/base/clock.h"

namespace staircase::apps {

/// "████░░░░", as wide as bars are here; `share`: of it that is done, 0 to 1.
std::string bar_text(double share);

/// The line of a whole experiment under those of its runs, whoever trains them: "12 of 21 runs  ████░░░░  about 20 min
/// left".
class WholeBar {
 public:
  explicit WholeBar(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Reads the folder again where that is due: a reading costs what its runs cost to read, so at most a twentieth of
  /// the time is spent on it. `now`: a run has begun or ended.
  void look(bool now);

  /// `under_way`: the shares of the runs that are trained here, summed. Nothing where the experiment is one run.
  std::string text(double under_way) const;

 private:
  std::filesystem::path folder_;
  size_t runs_ = 0, done_ = 0, failed_ = 0;
  std::optional<double> seconds_left_;
  Clock::time_point read_, affordable_, due_;
};

}  // namespace staircase::apps
