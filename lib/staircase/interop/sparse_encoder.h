#pragma once

#include <optional>

#include "staircase/formats/tensor_file.h"

namespace staircase::interop {

/// The encoder of a file that the code published with ConvNeXt V2 wrote in pretraining (FCMAE), under the names and in the
/// shapes of that code's dense network, without final norm and head; empty for any other file. Its sparse layers keep
/// their weights as (k * k, in, out), or (k * k, channels) where they are depthwise, columns before rows; mask token,
/// decoder and prediction are left out. Throws RequestError for a kernel of any other shape, naming the tensor.
/// Source: Woo et al. 2023, arXiv:2301.00808, and the files published with it.
std::optional<formats::TensorFile> dense_encoder(const formats::TensorFile& file);

}  // namespace staircase::interop
