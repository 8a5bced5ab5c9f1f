#pragma once

#include "staircase/config/json.h"
#include "staircase/formats/tensor_file.h"

namespace staircase::tests {

/// One answer each; `request` is what tests/parity/recipe.cpp describes.
formats::TensorFile optimizer_steps(const config::Json& request);
formats::TensorFile average_steps(const config::Json& request);
formats::TensorFile schedule_rates(const config::Json& request);
formats::TensorFile losses(const config::Json& request);
formats::TensorFile operated(const config::Json& request);

}  // namespace staircase::tests
