#pragma once

#include "staircase/config/json.h"
#include "staircase/interop/tensor_file.h"

namespace staircase::tests {

/// One answer each; `request` is what tests/parity/recipe.cpp describes.
interop::TensorFile optimizer_steps(const config::Json& request);
interop::TensorFile average_steps(const config::Json& request);
interop::TensorFile schedule_rates(const config::Json& request);
interop::TensorFile losses(const config::Json& request);
interop::TensorFile operated(const config::Json& request);

}  // namespace staircase::tests
