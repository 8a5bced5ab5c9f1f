#include "console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "staircase/base/text.h"

namespace staircase::apps {

void print_json(const config::Json& value) {
  std::cout << value.dump(2, ' ', false, config::Json::error_handler_t::replace) << "\n";
}

void print_table(const std::vector<std::string>& header, const std::vector<bool>& right,
                 const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(header.size());
  const auto widen = [&](const std::vector<std::string>& cells) {
    for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  };
  widen(header);
  for (const auto& row : rows) widen(row);
  const auto print = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - cells[i].size(), ' ');
      line += (i ? "  " : "") + (right[i] ? space + cells[i] : cells[i] + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::cout << line << "\n";
  };
  print(header);
  for (const auto& row : rows) print(row);
}

int terminal_width() {
  winsize size{};
  const int without_terminal = 100;
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : without_terminal;
}

std::string giga(int64_t macs) { return decimals(static_cast<double>(macs) / 1e9, 3) + " G"; }

}  // namespace staircase::apps
