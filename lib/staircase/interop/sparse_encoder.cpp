#include "staircase/interop/sparse_encoder.h"

#include <algorithm>
#include <cmath>

#include "staircase/base/errors.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::interop {
namespace {

const std::string encoder = "encoder.";

bool is_of_encoder(const std::string& key) { return key.starts_with(encoder); }

/// "stages.0.0.pwconv1.linear.weight" -> "stages.0.0.pwconv1.weight".
std::string without_wrapper(std::string key) {
  for (const std::string wrapper : {".linear.", ".ln."})
    if (const size_t at = key.rfind(wrapper); at != std::string::npos) key.erase(at, wrapper.size() - 1);
  return key;
}

/// (k * k, in, out) or (k * k, channels) -> (out, in, k, k) or (channels, 1, k, k).
torch::Tensor dense_kernel(const std::string& key, const torch::Tensor& kernel) {
  const auto refuse = [&] {
    throw RequestError("\"" + formats::printable(key) + "\" is " + formats::shape_text(kernel.sizes()) +
                       ", allowed is (k * k, in, out) or (k * k, channels)");
  };
  if (kernel.dim() != 2 && kernel.dim() != 3) refuse();
  const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(kernel.size(0)))));
  if (side * side != kernel.size(0)) refuse();
  const torch::Tensor by_output = kernel.dim() == 3 ? kernel.permute({2, 1, 0}) : kernel.t().unsqueeze(1);
  return by_output.reshape({by_output.size(0), by_output.size(1), side, side}).transpose(2, 3).contiguous();
}

}  // namespace

std::optional<formats::TensorFile> dense_encoder(const formats::TensorFile& file) {
  const bool sparse = std::any_of(file.tensors.begin(), file.tensors.end(), [](const auto& tensor) {
    return is_of_encoder(tensor.first) && tensor.first.ends_with(".kernel");
  });
  if (!sparse) return std::nullopt;
  formats::TensorFile dense;
  dense.metadata = file.metadata;
  for (const auto& [key, tensor] : file.tensors) {
    if (!is_of_encoder(key)) continue;
    std::string name = without_wrapper(key.substr(encoder.size()));
    if (name.ends_with(".kernel")) {
      name.replace(name.size() - std::string("kernel").size(), std::string::npos, "weight");
      dense.tensors.emplace_back(name, dense_kernel(key, tensor));
    } else if (name.ends_with(".grn.gamma") || name.ends_with(".grn.beta")) {
      dense.tensors.emplace_back(name, tensor.reshape({1, 1, 1, tensor.numel()}));
    } else {
      dense.tensors.emplace_back(name, name.ends_with(".bias") ? tensor.flatten() : tensor);
    }
  }
  return dense;
}

}  // namespace staircase::interop
