#pragma once

#include <string>

#include "staircase/config/fields.h"
#include "staircase/config/json.h"

namespace staircase::config {

/// Other circumstances in which every row is measured once more: another learning rate, width, data set or length.
struct ContextOptions {
  std::string name;
  Json set = Json::object();

  bool operator==(const ContextOptions&) const = default;
  static constexpr std::string_view title = "context";
  static constexpr auto fields() {
    using C = ContextOptions;
    return std::make_tuple(field("name", &C::name, "of the context; its rows are called NAME/ROW"),
                           field("set", &C::set,
                                 "pointer to value, set in every configuration after its step and "
                                 "after the overrides"));
  }
};

}  // namespace staircase::config
