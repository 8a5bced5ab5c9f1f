#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "staircase/interop/model_file.h"

namespace staircase::interop {

inline constexpr std::array export_metadata_names{"config.json", "classes.json", "normalization.json", "revision.txt"};

/// What an exported file says of itself, by these names; config.json has model, data, recipe and precision.
std::map<std::string, std::string> export_metadata(const ModelDescription& description, std::string_view precision,
                                                   bool include_preprocessing);

/// What of it tells how to call the file and which network is in it.
struct ExportedAs {
  config::ModelOptions model;
  int64_t image_size_px = 224;
  std::string precision;       ///< "fp32", "bf16", "fp16"
  bool preprocessing = false;  ///< included
};

/// Empty where there is no such metadata. `file`: for messages. Throws ConfigError where it cannot be understood.
std::optional<ExportedAs> read_export_metadata(const std::map<std::string, std::string>& metadata,
                                               const std::string& file);

}  // namespace staircase::interop
