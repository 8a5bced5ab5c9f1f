#include "staircase/config/number_line.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace staircase::config {
namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// Goes through one line. Each function returns false for what is not plain.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool at_end() const { return at_ == end_; }
  bool next_is(char c) const { return at_ < end_ && *at_ == c; }
  bool take(char c) { return next_is(c) && (++at_, true); }

  bool text(std::string_view& found) {
    if (!take('"')) return false;
    const char* start = at_;
    for (; at_ < end_ && *at_ != '"'; ++at_)
      if (*at_ < ' ' || *at_ > '~' || *at_ == '\\') return false;
    found = {start, static_cast<size_t>(at_ - start)};
    return take('"');
  }

  bool number(double& value) {
    const char* start = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    return std::from_chars(start, at_, value).ec == std::errc();
  }

  bool word(std::string_view expected) {
    if (!std::string_view(at_, static_cast<size_t>(end_ - at_)).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

 private:
  bool digits() {
    const char* start = at_;
    while (at_ < end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return at_ > start;
  }

  const char* at_;
  const char* end_;
};

bool read_value(Scanner& scan, double& number) {
  number = no_number;
  std::string_view ignored;
  if (scan.next_is('"')) return scan.text(ignored);
  if (scan.word("true") || scan.word("false") || scan.word("null")) return true;
  return scan.number(number);
}

}  // namespace

bool read_plain_numbers(std::string_view line, const std::vector<std::string>& keys, std::vector<double>& numbers) {
  numbers.assign(keys.size(), no_number);
  Scanner scan(line);
  scan.skip_space();
  if (!scan.take('{')) return false;
  scan.skip_space();
  for (bool more = !scan.take('}'); more;) {
    std::string_view key;
    double number = no_number;
    scan.skip_space();
    if (!scan.text(key)) return false;
    scan.skip_space();
    if (!scan.take(':')) return false;
    scan.skip_space();
    if (!read_value(scan, number)) return false;
    scan.skip_space();
    if (const auto wanted = std::find(keys.begin(), keys.end(), key); wanted != keys.end())
      numbers[static_cast<size_t>(wanted - keys.begin())] = number;
    more = scan.take(',');
    if (!more && !scan.take('}')) return false;
  }
  scan.skip_space();
  return scan.at_end();
}

}  // namespace staircase::config
