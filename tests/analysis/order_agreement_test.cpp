#include "staircase/analysis/order_agreement.h"

#include "support/catch.h"

namespace order_agreement_test {

using namespace staircase::analysis;

TEST_CASE("Kendall's tau is the one counted by hand", "[analysis]") {
  // Of ten pairs, 7 in the same order and 3 in the opposite one.
  const auto order = order_agreement({{1, 3}, {2, 1}, {3, 2}, {4, 5}, {5, 4}});
  REQUIRE(order);
  CHECK(order->tau == Approx(0.4));
  CHECK(order->rows == 5);
  CHECK_FALSE(order->interval);
}

TEST_CASE("From ten rows on tau has the interval of Fieller, Hartley and Pearson", "[analysis]") {
  // Of 45 pairs 43 in the same order: tau = 41 / 45, atanh 1.53403; 1.96 sqrt(0.437 / 6) = 0.52896.
  const auto order =
      order_agreement({{1, 2}, {2, 1}, {3, 4}, {4, 3}, {5, 5}, {6, 6}, {7, 7}, {8, 8}, {9, 9}, {10, 10}});
  CHECK(order->tau == Approx(41.0 / 45));
  REQUIRE(order->interval);
  CHECK(order->interval->low == Approx(0.76371).margin(1e-4));
  CHECK(order->interval->high == Approx(0.96822).margin(1e-4));
}

TEST_CASE("Rows of other contexts are no further rows of the published order", "[analysis]") {
  std::vector<Row> rows(3);
  const double scores[] = {1, 2, 0};
  for (size_t i = 0; i < 3; ++i) {
    rows[i].score = spread_of({scores[i]});
    rows[i].paper_top1 = static_cast<double>(i);
  }
  rows[2].is_as_written = false;
  const auto order = order_agreement(rows);
  CHECK(order->rows == 2);
  CHECK(order->tau == 1);
}

TEST_CASE("Pairs that tie in one column count in neither order", "[analysis]") {
  // Of three pairs all are untied in the first column and two in the second, both in the same order.
  const auto order = order_agreement({{1, 1}, {2, 1}, {3, 2}});
  CHECK(order->tau == Approx(2 / std::sqrt(3.0 * 2)));
}

TEST_CASE("Few rows, and rows all in one order, have no interval; one number has no order", "[analysis]") {
  CHECK_FALSE(order_agreement({{1, 1}, {2, 3}, {3, 2}, {4, 4}})->interval);
  std::vector<std::pair<double, double>> equal;
  for (double i = 0; i < 12; ++i) equal.emplace_back(i, i);
  const auto perfect = order_agreement(equal);
  CHECK(perfect->tau == 1);
  CHECK_FALSE(perfect->interval);
  CHECK_FALSE(order_agreement({{1, 1}, {1, 2}}));
  CHECK_FALSE(order_agreement(std::vector<std::pair<double, double>>{}));
}

}  // namespace order_agreement_test
