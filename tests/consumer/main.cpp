// Reads one option from JSON: enough to prove headers, library and dependencies of an installed copy.
#include "staircase/config/json.h"

#include <iostream>

int main() {
  const auto value = staircase::config::parse_json(R"({"depths": [3, 3, 9, 3]})", "consumer.json");
  std::cout << value.at("depths").at(2) << " blocks in stage 3\n";
}
