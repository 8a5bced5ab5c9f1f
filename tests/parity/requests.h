#pragma once

#include <c10/util/Exception.h>

#include <iostream>
#include <string>

#include "staircase/config/json.h"
#include "staircase/formats/weights_file.h"

namespace staircase::tests {

/// What main() of a program that Python asks does: answers the requests on standard input, a JSON object a line, by
/// writing what `respond` gives to the file in "outputs" and saying "done". Returns the exit status.
inline int answer_requests(const std::string& program, formats::TensorFile (*respond)(const config::Json& request)) {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      const config::Json request = config::parse_json(line, "request");
      formats::write_weights(request.at("outputs").get<std::string>(), respond(request));
      std::cout << "done" << std::endl;
    }
    return 0;
  } catch (const c10::Error& error) {
    std::cerr << program << ": " << error.what_without_backtrace() << '\n';
  } catch (const std::exception& error) { std::cerr << program << ": " << error.what() << '\n'; }
  return 1;
}

}  // namespace staircase::tests
