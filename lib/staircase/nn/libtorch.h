#pragma once

// Everything that differs between LibTorch 1.13, 2.6, 2.11 and 2.14. Nothing else tests versions.

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <torch/types.h>
#include <torch/version.h>

namespace staircase::nn {

inline constexpr bool libtorch_2 = TORCH_VERSION_MAJOR >= 2;

/// Runs convolutions and linear layers in bfloat16 for the length of a scope.
class Bfloat16Scope {
 public:
  Bfloat16Scope(bool on, c10::DeviceType device) : on_(on), device_(device) {
    if (on_) set(true);
  }
  ~Bfloat16Scope() {
    if (!on_) return;
    at::autocast::clear_cache();
    set(false);
  }
  Bfloat16Scope(const Bfloat16Scope&) = delete;
  Bfloat16Scope& operator=(const Bfloat16Scope&) = delete;

 private:
  void set(bool enabled) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(device_, at::kBFloat16);
    at::autocast::set_autocast_enabled(device_, enabled);
#else
    if (device_ == c10::DeviceType::CPU) {
      at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
      at::autocast::set_cpu_enabled(enabled);
    } else {
      at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
      at::autocast::set_enabled(enabled);
    }
#endif
  }

  bool on_;
  c10::DeviceType device_;
};

/// Whether the calling thread is in such a scope.
inline bool wants_bfloat16(c10::DeviceType device) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
  return at::autocast::is_autocast_enabled(device) && at::autocast::get_autocast_dtype(device) == at::kBFloat16;
#else
  return device == c10::DeviceType::CPU
             ? at::autocast::is_cpu_enabled() && at::autocast::get_autocast_cpu_dtype() == at::kBFloat16
             : at::autocast::is_enabled() && at::autocast::get_autocast_gpu_dtype() == at::kBFloat16;
#endif
}

/// softmax(queries keys^T / sqrt(d) + bias) values, all (N, heads, L, d), by the one operator that LibTorch 2 has for
/// it; undefined on 1.13, which has none, and of bfloat16 on the CPU: there its products are the BLAS's, which without MKL
/// takes ten times as long as matmul. bias: broadcasts to (N, heads, L, L), or undefined.
inline at::Tensor fused_attention([[maybe_unused]] const at::Tensor& queries, [[maybe_unused]] const at::Tensor& keys,
                                  [[maybe_unused]] const at::Tensor& values, [[maybe_unused]] const at::Tensor& bias) {
#if TORCH_VERSION_MAJOR >= 2
  if (queries.is_cpu() && queries.scalar_type() == at::kBFloat16) return {};
  const auto mask = bias.defined() ? c10::optional<at::Tensor>(bias.to(queries.scalar_type())) : c10::nullopt;
  return at::scaled_dot_product_attention(queries, keys, values, mask);
#else
  return {};
#endif
}

}  // namespace staircase::nn
