#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "staircase/report/report_table.h"

namespace staircase::report {

/// Text as content or attribute of HTML: & < > " ' become references.
std::string escape_html(std::string_view text);

/// JSON that may stand in a script element: no text in it can end the element.
std::string json_for_script(const config::Json& value);

/// A table whose columns sort by a click; nothing when it has no rows.
std::string html_table(const TextTable& table);

/// The skeleton with each `{{name}}` replaced by the value of that name. Values are taken as they are.
/// Throws std::logic_error for a name without a value.
std::string fill_skeleton(std::string_view skeleton, const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace staircase::report
