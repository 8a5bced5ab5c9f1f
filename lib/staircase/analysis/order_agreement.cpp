#include "staircase/analysis/order_agreement.h"

#include <cmath>

namespace staircase::analysis {
namespace {

int sign(double value) { return (value > 0) - (value < 0); }

}  // namespace

Given<OrderAgreement> order_agreement(const std::vector<std::pair<double, double>>& numbers) {
  double agreement = 0, untied_a = 0, untied_b = 0;
  for (size_t i = 0; i < numbers.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const int a = sign(numbers[i].first - numbers[j].first), b = sign(numbers[i].second - numbers[j].second);
      agreement += a * b;
      untied_a += a != 0;
      untied_b += b != 0;
    }
  if (untied_a == 0 || untied_b == 0) return {};
  OrderAgreement result;
  result.rows = static_cast<int64_t>(numbers.size());
  result.tau = agreement / std::sqrt(untied_a * untied_b);
  if (result.rows >= 10 && std::abs(result.tau) < 1) {
    const double z = std::atanh(result.tau);
    const double reach = 1.96 * std::sqrt(0.437 / static_cast<double>(result.rows - 4));
    result.interval = Interval{std::tanh(z - reach), std::tanh(z + reach)};
  }
  return result;
}

Given<OrderAgreement> order_agreement(const std::vector<Row>& rows) {
  std::vector<std::pair<double, double>> numbers;
  for (const Row& row : rows)
    if (row.is_as_written && row.score && row.paper_top1) numbers.emplace_back(row.score->mean, *row.paper_top1);
  return order_agreement(numbers);
}

}  // namespace staircase::analysis
