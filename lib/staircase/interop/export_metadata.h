#pragma once

#include <map>
#include <string>

#include "staircase/interop/model_file.h"

namespace staircase::interop {

/// What an exported file says of itself, by names: config.json (model, data, recipe, precision), classes.json,
/// normalization.json, revision.txt.
std::map<std::string, std::string> export_metadata(const ModelDescription& description, std::string_view precision,
                                                   bool include_preprocessing);

}  // namespace staircase::interop
