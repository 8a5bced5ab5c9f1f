#include "display.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "staircase/base/text.h"

namespace staircase::apps {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// "0:42", "12:07", "3:25:00".
std::string clock_text(double seconds) {
  const auto all = static_cast<long long>(std::isfinite(seconds) ? std::max(0.0, seconds) + 0.5 : 0);
  char text[32];
  if (all >= 3600) std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
  else std::snprintf(text, sizeof text, "%lld:%02lld", all / 60, all % 60);
  return text;
}

std::string progress_text(const train::StepReport& r) {
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.1e", r.learning_rate);
  return "epoch " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs) + "  " + decimals(r.images_per_second, 0) +
         " images/s  loss " + decimals(r.loss, 3) + "  lr " + rate + "  " + clock_text(r.seconds_left) + " left";
}

std::string bar(double share) {
  const int width = 20, full = static_cast<int>(share * width + 0.5);
  std::string text;
  for (int i = 0; i < width; ++i) text += i < full ? "█" : "░";
  return text;
}

std::string percent(const config::Json& line, const char* key) { return decimals(line.at(key).get<double>(), 2); }

}  // namespace

Display::Display() : terminal_(::isatty(STDERR_FILENO) == 1) {}
Display::~Display() { clear_bar(); }

void Display::clear_bar() {
  if (bar_shown_) std::fprintf(stderr, "\r\033[K");
  bar_shown_ = false;
}

void Display::print_line(const std::string& text) {
  clear_bar();
  std::fprintf(stderr, "%s\n", text.c_str());
}

void Display::on_run_start(size_t index, size_t runs, const std::string& name, int64_t seed) {
  title_ = "[" + std::to_string(index) + "/" + std::to_string(runs) + "] " + name + ", seed " + std::to_string(seed);
  run_start_ = last_line_ = Clock::now();
  last_drawn_ = {};
  if (!terminal_) print_line(title_);
}

void Display::on_step(const train::StepReport& report) {
  last_ = report;
  if (terminal_) {
    if (seconds_since(last_drawn_) < 0.1) return;
    last_drawn_ = Clock::now();
    const double share = static_cast<double>(report.step) / static_cast<double>(report.steps);
    std::fprintf(stderr, "\r\033[K%s  %s  %s", title_.c_str(), bar(share).c_str(), progress_text(report).c_str());
    bar_shown_ = true;
  } else if (seconds_since(last_line_) > 60) {
    last_line_ = Clock::now();
    print_line("  step " + std::to_string(report.step) + "/" + std::to_string(report.steps) + "  " + progress_text(report));
  }
}

void Display::on_epoch(const config::Json& line) {
  if (terminal_ || seconds_since(last_line_) < 10) return;
  last_line_ = Clock::now();
  print_line("  " + progress_text(last_) + (line.contains("top1") ? "  top-1 " + percent(line, "top1") : ""));
}

void Display::on_run_end(const std::string&, const config::Json& summary) {
  std::string text = title_ + ": top-1 " + percent(summary, "top1");
  if (summary.contains("top1_ema")) text += ", EMA " + percent(summary, "top1_ema");
  print_line(text + "  (" + clock_text(seconds_since(run_start_)) + ")");
}

void Display::on_run_failed(const std::string&, const std::string& reason) { print_line(title_ + " failed: " + reason); }

void Display::on_warning(const std::string& text) { print_line("warning: " + text); }

}  // namespace staircase::apps
