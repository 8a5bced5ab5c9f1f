#pragma once

#include "staircase/analysis/rows.h"

namespace staircase::analysis {

/// How far two columns put the same rows in the same order: 1 in the same, -1 in the opposite one.
struct OrderAgreement {
  int64_t rows = 0;          ///< that have both numbers
  double tau = 0;            ///< Kendall's tau-b: pairs that tie in one column count in neither order
  Given<Interval> interval;  ///< 95 %, as if the rows were drawn from many; empty: fewer than 10 rows, or all in order

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "order agreement";
  static constexpr auto fields() {
    using O = OrderAgreement;
    return std::make_tuple(config::field("rows", &O::rows, ""), config::field("tau", &O::tau, "Kendall's tau-b"),
                           config::field("interval", &O::interval, "95 %"));
  }
};

/// Kendall's tau-b; empty: fewer than two pairs of numbers, or a column of one number.
/// The interval is tanh(atanh(tau) +- 1.96 sqrt(0.437 / (n - 4))), an approximation for 10 numbers or more.
/// Source: Kendall 1945, "The treatment of ties in ranking problems"; Fieller, Hartley and Pearson 1957, "Tests for
/// rank correlation coefficients. I", for the interval.
Given<OrderAgreement> order_agreement(const std::vector<std::pair<double, double>>& numbers);

/// Of the scores and published numbers of the rows as written.
Given<OrderAgreement> order_agreement(const std::vector<Row>& rows);

}  // namespace staircase::analysis
