#pragma once

#include "staircase/analysis/rows.h"

namespace staircase::analysis {

/// A step that changes the order of the images and nothing else: no table should show it a difference.
struct AaCheck {
  std::string row, to;
  Difference difference;
  std::optional<bool> as_it_should_be;  ///< empty: it has no interval yet

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "A/A check";
  static constexpr auto fields() {
    using A = AaCheck;
    return std::make_tuple(config::field("row", &A::row, ""), config::field("to", &A::to, ""),
                           config::field("difference", &A::difference, ""),
                           config::field("as_it_should_be", &A::as_it_should_be, "the interval contains 0"));
  }
};

/// Whether these are the edits of an A/A check: experiment::a_a_field alone.
bool is_a_a_check(const std::vector<Change>& changes);

/// The checks among the rows.
Given<std::vector<AaCheck>> a_a_checks(const std::vector<Row>& rows);

}  // namespace staircase::analysis
