#include "staircase/report/cells.h"

#include "staircase/base/text.h"

namespace staircase::report {

using config::Json;

namespace {

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

std::string change_text(const Json& changes) {
  std::vector<std::string> parts;
  for (const Json& change : changes) {
    const auto pointer = change["pointer"].get<std::string>();
    const std::string field = pointer.substr(pointer.rfind('/') + 1);
    parts.push_back(field + " " + plain(change["from"]) + " -> " + plain(change["to"]));
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

std::string spread_text(const Json& row, const char* key) {
  if (!row.contains(key) || !row[key].is_object()) return "";
  const Json& spread = row[key];
  std::string text = decimals(spread["mean"].get<double>(), 2);
  if (spread["std"].is_number()) text += " ± " + decimals(spread["std"].get<double>(), 2);
  return text;
}

std::string signed_text(double value) { return (value < 0 ? "" : "+") + decimals(value, 2); }

std::string difference_text(const Json& difference) {
  if (!difference.is_object()) return "?";
  const Json& mean = difference.contains("mean") ? difference["mean"] : difference["value"];
  if (!mean.is_number()) return "?";
  std::string text = signed_text(mean.get<double>());
  if (difference.contains("interval") && difference["interval"].is_array())
    text += " [" + signed_text(difference["interval"][0].get<double>()) + ", " +
            signed_text(difference["interval"][1].get<double>()) + "]";
  return text;
}

std::string verdict_text(const Json& difference) {
  const bool judged = difference.is_object() && difference.contains("verdict") && difference["verdict"].is_string();
  return judged ? difference["verdict"].get<std::string>() : "";
}

}  // namespace staircase::report
