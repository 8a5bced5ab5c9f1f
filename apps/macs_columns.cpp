#include "macs_columns.h"

#include <algorithm>

#include "console.h"

namespace staircase::apps {

void add_macs_columns(std::vector<std::string>& header, std::vector<bool>& right,
                      std::vector<std::vector<std::string>>& rows, const std::vector<plan::ModelCounts>& counts) {
  const auto add = [&](const std::string& title, const auto& text) {
    header.push_back(title);
    right.push_back(true);
    for (size_t i = 0; i < rows.size(); ++i) rows[i].push_back(text(counts.at(i)));
  };
  const auto products = [](const plan::ModelCounts& c) { return c.product_macs == 0 ? "" : giga(c.product_macs); };
  add("MACs", [](const plan::ModelCounts& c) { return giga(c.macs); });
  if (std::none_of(counts.begin(), counts.end(), [](const auto& c) { return c.product_macs != 0; })) return;
  add("products", products);
  add("sum", [](const plan::ModelCounts& c) { return giga(c.all_macs()); });
}

}  // namespace staircase::apps
