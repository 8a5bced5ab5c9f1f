#include "staircase/report/html_text.h"

#include <algorithm>
#include <stdexcept>

namespace staircase::report {

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (char c : text) switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  return escaped;
}

std::string json_for_script(const config::Json& value) {
  std::string escaped;
  // "<" stands in strings only, where \u003c says the same. File names need not be UTF-8, hence replace.
  for (char c : value.dump(-1, ' ', false, config::Json::error_handler_t::replace))
    if (c == '<') escaped += "\\u003c";
    else escaped += c;
  return escaped;
}

namespace {

/// Escaped, with places to break the line inside names such as macro+ResNeXt+large_kernel.
std::string breakable(const std::string& text) {
  std::string html;
  for (const char c : escape_html(text)) {
    html += c;
    if (c == '+') html += "<wbr>";
  }
  return html;
}

}  // namespace

std::string html_table(const TextTable& table) {
  if (table.rows.empty()) return {};
  const auto cell = [&](const char* tag, size_t column, const std::string& text) {
    const bool number = table.right[column];
    return std::string("<") + tag + (number ? " class=\"number\">" + escape_html(text) : ">" + breakable(text)) + "</" +
           std::string(tag, 2) + ">";
  };
  std::string html = "<div class=\"table\"><table class=\"sortable\">\n<thead><tr>";
  for (size_t i = 0; i < table.header.size(); ++i) html += cell("th scope=\"col\"", i, table.header[i]);
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) html += cell("td", i, row[i]);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string fill_skeleton(std::string_view skeleton, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string filled;
  for (size_t at = 0;;) {
    const size_t open = skeleton.find("{{", at);
    filled += skeleton.substr(at, open - at);
    if (open == std::string_view::npos) return filled;
    const size_t close = skeleton.find("}}", open);
    const std::string_view name = skeleton.substr(open + 2, close - open - 2);
    const auto value = std::find_if(values.begin(), values.end(), [&](const auto& each) { return each.first == name; });
    if (value == values.end()) throw std::logic_error("report.html: no value for " + std::string(name));
    filled += value->second;
    at = close + 2;
  }
}

}  // namespace staircase::report
