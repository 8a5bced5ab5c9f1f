#pragma once

#include "arguments.h"

namespace staircase::apps {

/// Whether `bench` measures a file as it is deployed: FILE.pt or FILE.onnx.
bool is_deployed_file(const std::string& argument);

/// `bench FILE.pt|FILE.onnx`: inference of the file, and of the network in it beside it where the file says which.
int bench_file(const Arguments& arguments);

}  // namespace staircase::apps
