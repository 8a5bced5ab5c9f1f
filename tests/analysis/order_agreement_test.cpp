#include "staircase/analysis/order_agreement.h"

#include "support/catch.h"

using namespace staircase::analysis;

TEST_CASE("Kendall's tau is the one counted by hand", "[analysis]") {
  // Of ten pairs, 7 in the same order and 3 in the opposite one.
  const auto order = order_agreement({{1, 3}, {2, 1}, {3, 2}, {4, 5}, {5, 4}});
  REQUIRE(order);
  CHECK(order->tau == Approx(0.4));
  CHECK(order->rows == 5);
  // atanh(0.4) = 0.42365, 1.96 sqrt(0.437 / 1) = 1.29568.
  CHECK(order->interval->low == Approx(-0.70265).margin(1e-4));
  CHECK(order->interval->high == Approx(0.93779).margin(1e-4));
}

TEST_CASE("Pairs that tie in one column count in neither order", "[analysis]") {
  // Three untied pairs in the second column, six in the first: (1 + 1 + ...) counted by hand.
  const auto order = order_agreement({{1, 1}, {2, 1}, {3, 2}});
  CHECK(order->tau == Approx(2 / std::sqrt(3.0 * 2)));
}

TEST_CASE("Few rows, and rows all in one order, have no interval; one number has no order", "[analysis]") {
  CHECK_FALSE(order_agreement({{1, 1}, {2, 3}, {3, 2}, {4, 4}})->interval);
  const auto perfect = order_agreement({{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}});
  CHECK(perfect->tau == 1);
  CHECK_FALSE(perfect->interval);
  CHECK_FALSE(order_agreement({{1, 1}, {1, 2}}));
  CHECK_FALSE(order_agreement(std::vector<std::pair<double, double>>{}));
}
