#pragma once

#include "staircase/interop/deployed.h"

namespace staircase::interop {

/// Whether this program was built with ONNX Runtime (Debian 13: libonnxruntime-dev).
bool has_onnx_runtime();

/// An ONNX file, computed by ONNX Runtime on the CPU with so many threads.
/// Throws RequestError: there is no ONNX Runtime, the file cannot be read or is no ONNX, or it has not one input of
/// images, float or uint8.
std::unique_ptr<DeployedNetwork> open_onnx(const std::filesystem::path& file, int threads);

}  // namespace staircase::interop
