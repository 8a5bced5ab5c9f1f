#include "staircase/report/cells.h"

#include <algorithm>

#include "staircase/base/text.h"

namespace staircase::report {

using config::Json;

namespace {

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

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

std::string spread_text(const analysis::Spread* spread) {
  if (!spread) return "";
  return decimals(spread->mean, 2) + (spread->std ? " ± " + decimals(*spread->std, 2) : "");
}

std::string signed_text(double value) { return (value < 0 ? "" : "+") + decimals(value, 2); }

std::string difference_text(const std::optional<analysis::Difference>& difference) {
  if (!difference) return "?";
  std::string text = signed_text(difference->mean);
  if (difference->interval)
    text += " [" + signed_text(difference->interval->low) + ", " + signed_text(difference->interval->high) + "]";
  return text;
}

std::string verdict_text(const std::optional<analysis::Difference>& difference) {
  return difference && difference->verdict ? std::string(config::to_name(*difference->verdict)) : "";
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
