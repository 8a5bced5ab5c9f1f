#include "display.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <vector>

#include "console.h"
#include "staircase/base/clock.h"
#include "staircase/base/printable.h"
#include "staircase/base/text.h"
#include "staircase/config/task_metrics.h"

namespace staircase::apps {
namespace {

std::string progress_text(const train::StepReport& r) {
  char rate[32];
  std::snprintf(rate, sizeof rate, "%.1e", r.learning_rate);
  return "epoch " + std::to_string(r.epoch) + "/" + std::to_string(r.epochs) + "  " + decimals(r.images_per_second, 0) +
         " images/s  loss " + decimals(r.loss, 3) + "  lr " + rate + "  " + clock_text(r.seconds_left) + " left";
}

/// "  top-1 71.25", with the number of the averaged weights where there is one; nothing where the line has none.
std::string score_text(const config::Json& line) {
  const config::TaskMetrics& classification = config::classification_metrics();
  const bool classifies = line.contains(std::string(classification.primary_metric().name));
  const config::Metric& metric =
      classifies ? classification.primary_metric() : config::masked_autoencoding_metrics().primary_metric();
  const auto number = [&](const std::string& key) {
    return line.contains(key) ? decimals(line[key].get<double>(), metric.digits) : std::string();
  };
  const std::string raw = number(std::string(metric.name)), average = number(std::string(metric.name) + "_ema");
  return raw.empty() ? raw : std::string(metric.title) + " " + raw + (average.empty() ? "" : ", EMA " + average);
}

/// As much of a line as takes fewer than so many columns: a line that wraps could not be rewritten in place.
std::string cut(const std::string& text, size_t columns) {
  size_t taken = 1, end = 0;
  while (end < text.size() && taken < columns) {
    ++taken;
    for (++end; end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U; ++end) {}
  }
  return text.substr(0, end);
}

winsize terminal_size() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) size = {24, 80, 0, 0};
  return size;
}

}  // namespace

/// One run on the display.
class Display::Watcher : public execution::RunObserver {
 public:
  Watcher(Display& display, const execution::RunLabel& label)
      : display_(display),
        index_(label.index),
        title_("[" + std::to_string(label.index) + "/" + std::to_string(label.runs) + "] " + printable(label.name) +
               ", seed " + std::to_string(label.seed)) {}
  ~Watcher() override { display_.remove_bar(index_); }

  void on_start() override {
    start_ = last_line_ = Clock::now();
    if (display_.terminal_) display_.show_bar(index_, title_);
    else display_.print_line(title_);
  }

  void on_step(const train::StepReport& report) override {
    if (last_.step == 0 && report.step > 1)  // the first that this start tells of
      display_.print_line(title_ + ": goes on after step " + grouped_digits(report.step - 1) + " of " +
                          grouped_digits(report.steps));
    last_ = report;
    if (display_.terminal_) {
      const double share = static_cast<double>(report.step) / static_cast<double>(report.steps);
      display_.show_bar(index_, title_ + "  " + bar_text(share) + "  " + progress_text(report), share);
    } else if (seconds_since(last_line_) > 60) {
      last_line_ = Clock::now();
      display_.print_line(title_ + ": step " + std::to_string(report.step) + "/" + std::to_string(report.steps) + "  " +
                          progress_text(report));
    }
  }

  void on_epoch(const config::Json& line) override {
    if (display_.terminal_ || seconds_since(last_line_) < 10) return;
    last_line_ = Clock::now();
    const std::string score = score_text(line);
    display_.print_line(title_ + ": " + progress_text(last_) + (score.empty() ? "" : "  " + score));
  }

  void on_end(const config::Json& summary) override {
    display_.remove_bar(index_);
    display_.print_line(title_ + ": " + score_text(summary) + "  (" + clock_text(seconds_since(start_)) + ")");
  }

  void on_failed(const std::string& reason) override {
    display_.remove_bar(index_);
    display_.print_line(title_ + " failed: " + reason);
  }

  void on_warning(const std::string& text) override { display_.print_line("warning: " + text); }
  void on_note(const std::string& text) override {  // once, not for every seed
    if (display_.noted_.insert(text).second) display_.print_line(title_ + " " + text);
  }

 private:
  Display& display_;
  size_t index_;
  std::string title_;
  Clock::time_point start_, last_line_;
  train::StepReport last_;
};

Display::Display(const std::filesystem::path& folder)
    : report_(folder), terminal_(::isatty(STDERR_FILENO) == 1), whole_(folder) {}
Display::~Display() { std::fputs(clear_text().c_str(), stderr); }

std::unique_ptr<execution::RunObserver> Display::watch(const execution::RunLabel& label) {
  return std::make_unique<Watcher>(*this, label);
}

void Display::on_run_over() {
  if (terminal_) whole_.look(true);
  if (const auto problem = report_.run_over()) on_warning(*problem);
}

std::string Display::clear_text() {
  std::string text;
  for (; bars_drawn_ > 0; --bars_drawn_) text += bars_drawn_ > 1 ? "\r\033[K\033[A" : "\r\033[K";
  return text;
}

std::string Display::bars_text() {
  const winsize size = terminal_size();
  double under_way = 0;
  for (const auto& [index, bar] : bars_) under_way += bar.share;
  const std::string whole = whole_.text(under_way);
  const size_t rows = size.ws_row > 3 ? size.ws_row - 3U : 1;  // two rows more: how many there are, and the whole
  std::vector<std::string> lines;
  for (const auto& [index, bar] : bars_) {
    if (lines.size() == rows && bars_.size() > rows + 1) {
      lines.push_back("... and " + std::to_string(bars_.size() - rows) + " more");
      break;
    }
    lines.push_back(bar.text);
  }
  if (!lines.empty() && !whole.empty()) lines.push_back(whole);
  std::string text;
  for (const std::string& line : lines) text += (bars_drawn_++ > 0 ? "\n" : "") + cut(line, size.ws_col);
  return text;
}

void Display::draw() {
  last_drawn_ = Clock::now();
  const std::string cleared = clear_text();
  std::fputs((cleared + bars_text()).c_str(), stderr);
}

void Display::show_bar(size_t index, const std::string& text, double share) {
  if (!terminal_) return;
  const bool is_new = !bars_.contains(index);
  bars_[index] = {text, share};
  if (!is_new && seconds_since(last_drawn_) < 0.1) return;
  whole_.look(is_new);
  draw();
}

void Display::remove_bar(size_t index) {
  if (!terminal_ || bars_.erase(index) == 0) return;
  draw();
}

void Display::print_line(const std::string& text) {
  const std::string cleared = clear_text();
  std::fputs((cleared + printable(text) + "\n" + (terminal_ ? bars_text() : "")).c_str(), stderr);
}

}  // namespace staircase::apps
