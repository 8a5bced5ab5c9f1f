// LibTorch's header is empty without it, and not all of its CMake files set it.
#ifndef USE_C10D_NCCL
#define USE_C10D_NCCL
#endif

#include <cstdlib>
#include <mutex>

#include <nccl.h>
#include <torch/csrc/cuda/nccl.h>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "staircase/processes/engine.h"

namespace staircase::processes {

// The options of LibTorch's class hold a struct of nccl.h that grows from version to version.
bool have_nccl() {
  constexpr uint64_t major = NCCL_MAJOR, minor = NCCL_MINOR, patch = NCCL_PATCH;
  return torch::cuda::nccl::version() == ((major << 32) | (minor << 16) | patch);
}

void prepare_nccl() {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 2)
  const char* const name = "TORCH_NCCL_BLOCKING_WAIT";
#else
  const char* const name = "NCCL_BLOCKING_WAIT";
#endif
  // The class has no other way to be asked for it.
  static std::once_flag once;
  std::call_once(once, [&] { ::setenv(name, "1", /*overwrite=*/0); });
}

c10::intrusive_ptr<Engine> nccl_engine(const c10::intrusive_ptr<c10d::Store>& store, int64_t rank, int64_t size,
                                       std::chrono::milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create(/*is_high_priority_stream=*/true);
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, static_cast<int>(rank), static_cast<int>(size), options);
}

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 6)
void connect_nccl(Engine& engine, c10::Device device) { engine.eagerConnectSingleDevice(device); }
#else
void connect_nccl(Engine&, c10::Device) {}
#endif

}  // namespace staircase::processes
