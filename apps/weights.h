#pragma once

#include <optional>
#include <string>
#include <utility>

#include "arguments.h"
#include "staircase/interop/model_file.h"

namespace staircase::apps {

/// Declares --weights, --model and --key, which eval, predict and export share.
void add_weights_options(Arguments& arguments);

/// Declares --image-size, which eval, predict and export share.
void add_image_size_option(Arguments& arguments);
/// Its value; empty where it is left out. Throws RequestError unless it is an image size.
std::optional<int64_t> image_size_option(const Arguments& arguments);

/// Opens what they name; --image-size takes the place of the file's. Throws RequestError as open_model_file does, and
/// when --weights is left out.
interop::ModelFile open_weights(const Arguments& arguments);

/// The name of a class, or its number where the file names none.
std::string class_name(const interop::ModelDescription& description, int64_t index);

/// The named model of these options; "custom" for any other.
std::string model_name(const config::ModelOptions& model);

}  // namespace staircase::apps
