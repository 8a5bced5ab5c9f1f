#pragma once

#include <string>

#include "staircase/interop/model_file.h"

namespace staircase::apps {

// The lines of Python that load an exported file and call it.
std::string torchscript_lines(const std::string& file, const interop::ModelDescription& description,
                              bool preprocessing);
std::string onnx_lines(const std::string& file, const interop::ModelDescription& description, bool preprocessing);

}  // namespace staircase::apps
