#include "staircase/base/errors.h"
#include "staircase/interop/onnx/export.h"

namespace staircase::interop {

OnnxReport export_onnx(nn::Classifier&, const ModelDescription&, const std::filesystem::path& path,
                       const OnnxOptions&) {
  throw RequestError(path.string() +
                     ": this program was built without ONNX; install libonnx-dev and build it again, or write "
                     "TorchScript (.pt)");
}

}  // namespace staircase::interop
