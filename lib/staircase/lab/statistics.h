#pragma once

#include <optional>
#include <vector>

namespace staircase::lab {

/// Of the numbers of several seeds.
struct Spread {
  int count = 0;
  double mean = 0;
  std::optional<double> std;  ///< sample standard deviation (n - 1); empty: fewer than two numbers
};

Spread spread_of(const std::vector<double>& numbers);

}  // namespace staircase::lab
