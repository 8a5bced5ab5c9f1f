#pragma once

#include <set>
#include <string>

#include "staircase/config/json.h"

namespace staircase::experiment {

/// Refuses a name that could not stand in a path, a word of a command or a table. Throws config::ConfigError.
void check_name(const std::string& name, const config::Place& place);

/// Steps, candidates and contexts name the rows of tables, so each name is plain and stands once.
/// `list`: what their list is called in the file.
template <class Item>
void check_names(const std::vector<Item>& items, const std::string& source, const std::string& list) {
  std::set<std::string> names;
  for (size_t i = 0; i < items.size(); ++i) {
    const config::Place place = config::Place{source, "/" + list}.at(i).at("name");
    check_name(items[i].name, place);
    if (!names.insert(items[i].name).second)
      throw config::ConfigError(place, "\"" + items[i].name + "\" stands twice among the " + list);
  }
}

}  // namespace staircase::experiment
