#include "staircase/base/counted.h"

#include "staircase/base/text.h"

namespace staircase {

std::string counted(long long number, std::string_view one, std::string_view many) {
  const std::string word = number == 1 ? std::string(one) : many.empty() ? std::string(one) + "s" : std::string(many);
  return grouped_digits(number) + " " + word;
}

}  // namespace staircase
