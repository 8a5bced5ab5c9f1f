#include "staircase/report/cells.h"

#include <algorithm>
#include <cmath>

#include "staircase/base/text.h"

namespace staircase::report {

using config::Json;

namespace {

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

/// Decimals that an uncertainty leaves; two where it is 0.
int digits_of(double half_width) {
  if (half_width <= 0) return 2;
  const double power = std::floor(std::log10(half_width));
  const bool leads_with_1 = half_width < 2 * std::pow(10.0, power);
  return std::clamp(static_cast<int>(-power) + (leads_with_1 ? 1 : 0), 0, 4);
}

/// The largest that a seed has; empty: none has it.
std::optional<double> most_of(const analysis::Row& row, const std::string& number) {
  std::optional<double> most;
  for (const analysis::SeedResult& seed : row.seeds)
    if (const auto found = seed.number(number)) most = std::max(most.value_or(0), *found);
  return most;
}

}  // namespace

std::string change_text(const std::vector<analysis::Change>& changes) {
  std::vector<std::string> parts;
  for (const analysis::Change& change : changes) {
    const std::string field = change.pointer.substr(change.pointer.rfind('/') + 1);
    parts.push_back(field + " " + plain(change.from) + " -> " + plain(change.to));
  }
  return join(parts);
}

std::string count_text(double value) {
  if (value >= 1e12) return decimals(value / 1e12, 2) + "T";
  if (value >= 1e9) return decimals(value / 1e9, 2) + "G";
  if (value >= 1e6) return decimals(value / 1e6, 2) + "M";
  if (value >= 1e3) return decimals(value / 1e3, 1) + "k";
  return decimals(value, 0);
}

std::string rounded(double value, double half_width) { return decimals(value, digits_of(half_width)); }

std::string spread_text(const analysis::Spread* spread, int digits) {
  if (!spread) return "";
  if (!spread->std) return decimals(spread->mean, digits);
  const double half_width = spread->interval->high - spread->mean;
  return rounded(spread->mean, half_width) + " ± " + rounded(*spread->std, half_width);
}

std::string signed_text(double value, double half_width) {
  const int most_digits = 4;
  int digits = digits_of(half_width);
  std::string text = decimals(value, digits);
  // On which side of 0 an interval ends must show: "-0.03" beside "+1.2", not "+0.0".
  while (value != 0 && digits < most_digits && text.find_first_not_of("0.") == std::string::npos)
    text = decimals(value, ++digits);
  return text.starts_with('-') ? text : "+" + text;
}

std::string difference_text(const std::optional<analysis::Difference>& difference) {
  if (!difference) return "?";
  if (difference->count < 2) return "";
  if (!difference->interval) return signed_text(difference->mean, 0);
  const auto& [low, high] = *difference->interval;
  const double half_width = (high - low) / 2;
  return signed_text(difference->mean, half_width) + " [" + signed_text(low, half_width) + ", " +
         signed_text(high, half_width) + "]";
}

std::string verdict_text(const std::optional<analysis::Difference>& difference) {
  if (!difference) return "";
  if (difference->verdict) return std::string(config::to_name(*difference->verdict));
  return difference->count == 1 ? "one seed" : "";
}

std::string bad_images_text(const analysis::Row& row) {
  const double training = most_of(row, "bad_images").value_or(0),
               validation = most_of(row, "bad_val_images").value_or(0);
  std::vector<std::string> parts;
  if (training > 0) parts.push_back("training " + decimals(training, 0));
  if (validation > 0) parts.push_back("validation " + decimals(validation, 0));
  return join(parts);
}

std::string bad_images_text(const analysis::Row& row, const std::string& number) {
  const auto most = most_of(row, number);
  return most ? decimals(*most, 0) : "";
}

std::string number_text(const std::optional<double>& number) { return number ? Json(*number).dump() : ""; }

}  // namespace staircase::report
