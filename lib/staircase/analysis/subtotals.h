#pragma once

#include "staircase/analysis/images.h"
#include "staircase/config/experiment_options.h"

namespace staircase::analysis {

/// The sum of the deltas of some rows.
struct Subtotal {
  std::string group;
  std::optional<double> delta, paper_delta;  ///< empty: a row has none
  std::optional<Difference> difference;      ///< over the seeds that all rows of the sum have

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "subtotal";
  static constexpr auto fields() {
    using S = Subtotal;
    return std::make_tuple(config::field("group", &S::group, ""), config::field("delta", &S::delta, ""),
                           config::field("paper_delta", &S::paper_delta, ""),
                           config::field("difference", &S::difference, "over the seeds that all rows have"));
  }
};

/// The sums of a cumulative walk, side branches left out; nothing of other designs.
struct Subtotals {
  Given<std::vector<Subtotal>> groups;
  Given<std::vector<Subtotal>> recipe_and_architecture;  ///< where a step edits the recipe

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "subtotals";
  static constexpr auto fields() {
    using S = Subtotals;
    return std::make_tuple(config::field("subtotals", &S::groups, ""),
                           config::field("recipe_and_architecture", &S::recipe_and_architecture, ""));
  }
};

/// Of the rows as written. The sums of groups are judged together, and so are those of recipe and architecture; not
/// where the experiment adds seeds, by looks at its rows.
Subtotals subtotals_of(const config::ExperimentOptions& options, const std::vector<Row>& rows, const std::string& score,
                       const Judging& judging, const ImagesOfRuns& images);

}  // namespace staircase::analysis
