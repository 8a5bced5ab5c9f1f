#pragma once

#include <c10/util/Exception.h>

#include <iostream>
#include <optional>
#include <string>

#include "staircase/config/json.h"
#include "staircase/formats/weights_file.h"

namespace staircase::tests {

/// What main() of a program that Python asks does: answers the requests on standard input, a JSON object a line, by
/// writing what `respond` gives, if anything, to the file in "outputs" and saying "done". Returns the exit status.
inline int answer_requests(const std::string& program,
                           std::optional<formats::TensorFile> (*respond)(const config::Json& request)) {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      const config::Json request = config::parse_json(line, "request");
      if (const auto outputs = respond(request))
        formats::write_weights(request.at("outputs").get<std::string>(), *outputs);
      std::cout << "done" << std::endl;
    }
    return 0;
  } catch (const c10::Error& error) {
    std::cerr << program << ": " << error.what_without_backtrace() << '\n';
  } catch (const std::exception& error) {
    std::cerr << program << ": " << error.what() << '\n';
  }
  return 1;
}

}  // namespace staircase::tests
