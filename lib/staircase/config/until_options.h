#pragma once

#include <cstdint>

#include "staircase/config/fields.h"

namespace staircase::config {

/// Seeds are added until every difference is told apart from 0 or known to be smaller than `shown`.
struct UntilOptions {
  double shown = 0.5;
  int64_t at_most_seeds = 20;
  int64_t first_look = 0;

  bool operator==(const UntilOptions&) const = default;
  static constexpr std::string_view title = "until";
  static constexpr auto fields() {
    using U = UntilOptions;
    return std::make_tuple(
        field("shown", &U::shown, "the smallest difference that matters, in points of the score", range(0.01, 100)),
        field("at_most_seeds", &U::at_most_seeds, "where adding ends, whatever is shown by then", range(3, 1000)),
        field("first_look", &U::first_look,
              "seeds that are done before the first look at the differences; 0: those of seeds, at least 3",
              range(0, 999)));
  }
};

}  // namespace staircase::config
