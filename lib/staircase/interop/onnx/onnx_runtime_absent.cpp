#include "staircase/base/errors.h"
#include "staircase/interop/onnx/onnx_runtime.h"

namespace staircase::interop {

bool has_onnx_runtime() { return false; }

std::unique_ptr<DeployedNetwork> open_onnx(const std::filesystem::path& file, int) {
  check_readable(file);
  throw RequestError(file.string() +
                     ": this program was built without ONNX Runtime, which computes it; install libonnxruntime-dev "
                     "(Debian 13 has it) and build it again, or export TorchScript (.pt)");
}

}  // namespace staircase::interop
