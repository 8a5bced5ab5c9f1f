#include "whole_bar.h"

#include <algorithm>
#include <exception>

#include "staircase/base/duration.h"
#include "staircase/runs/status.h"

namespace staircase::apps {

std::string bar_text(double share) {
  const int width = 20, full = static_cast<int>(share * width + 0.5);
  std::string text;
  for (int i = 0; i < width; ++i) text += i < full ? "█" : "░";
  return text;
}

void WholeBar::look(bool now) {
  const auto start = Clock::now();
  if (start < affordable_ || (!now && start < due_)) return;
  try {
    const runs::ExperimentStatus status = runs::read_status(folder_);
    runs_ = status.runs.size();
    done_ = status.count(runs::RunState::done);
    failed_ = status.count(runs::RunState::failed);
    seconds_left_ = status.hours_left ? std::optional(*status.hours_left * 3600) : std::nullopt;
  } catch (const std::exception&) {  // what is wrong with the folder stops its runs, which say so
  }
  const int share = 20, pause_seconds = 10;
  read_ = Clock::now();
  affordable_ = read_ + share * (read_ - start);
  due_ = read_ + std::chrono::seconds(pause_seconds);
}

std::string WholeBar::text(double under_way) const {
  if (runs_ < 2) return "";
  const double over = static_cast<double>(done_ + failed_) + under_way, all = static_cast<double>(runs_);
  std::string text =
      std::to_string(done_) + " of " + std::to_string(runs_) + " runs  " + bar_text(std::min(1.0, over / all));
  if (failed_ > 0) text += "  " + std::to_string(failed_) + " failed";
  if (seconds_left_) text += "  about " + duration_text(std::max(0.0, *seconds_left_ - seconds_since(read_))) + " left";
  return text;
}

}  // namespace staircase::apps
