#include "console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>

#include "staircase/base/printable.h"
#include "staircase/base/text.h"
#include "staircase/report/report_table.h"

namespace staircase::apps {

void print_json(const config::Json& value) {
  std::cout << value.dump(2, ' ', false, config::Json::error_handler_t::replace) << "\n";
}

void print_table(const std::vector<std::string>& header, const std::vector<bool>& right,
                 const std::vector<std::vector<std::string>>& rows) {
  std::cout << report::terminal_table({header, right, rows});
}

void print_warning(const std::string& text) { std::cerr << "warning: " << printable(text) << "\n"; }

void print_warnings(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) print_warning(warning);
}

int terminal_width() {
  winsize size{};
  const int without_terminal = 100;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : without_terminal;
}

std::string clock_text(double seconds) {
  const auto all = static_cast<long long>(std::isfinite(seconds) ? std::max(0.0, seconds) + 0.5 : 0);
  char text[32];
  if (all >= 3600) std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
  else std::snprintf(text, sizeof text, "%lld:%02lld", all / 60, all % 60);
  return text;
}

std::string giga(int64_t macs) { return decimals(static_cast<double>(macs) / 1e9, 3) + " G"; }

}  // namespace staircase::apps
