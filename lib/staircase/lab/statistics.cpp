#include "staircase/lab/statistics.h"

#include <cmath>

namespace staircase::lab {

Spread spread_of(const std::vector<double>& numbers) {
  Spread spread;
  spread.count = static_cast<int>(numbers.size());
  if (numbers.empty()) return spread;
  for (double number : numbers) spread.mean += number / static_cast<double>(numbers.size());
  if (numbers.size() < 2) return spread;
  double squares = 0;
  for (double number : numbers) squares += (number - spread.mean) * (number - spread.mean);
  spread.std = std::sqrt(squares / static_cast<double>(numbers.size() - 1));
  return spread;
}

}  // namespace staircase::lab
