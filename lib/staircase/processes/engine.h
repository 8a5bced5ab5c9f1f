#pragma once

#include <chrono>

#include <torch/version.h>

#include <torch/csrc/distributed/c10d/Store.hpp>
#if TORCH_VERSION_MAJOR >= 2
#include <torch/csrc/distributed/c10d/Backend.hpp>
#else
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#endif

namespace staircase::processes {

/// What of c10d moves tensors between processes, gloo or NCCL.
#if TORCH_VERSION_MAJOR >= 2
using Engine = c10d::Backend;
#else
using Engine = c10d::ProcessGroup;
#endif

/// Whether tensors of GPUs can be moved from GPU to GPU: the build needs a LibTorch with CUDA, and the headers of the NCCL
/// that this LibTorch was made with.
bool have_nccl();

/// Before the first nccl_engine(): lets waiting for NCCL end with an exception where it fails, and not the whole program.
/// What the environment says already stays.
void prepare_nccl();

/// Of processes that have a GPU each. Throws std::logic_error where have_nccl() is false.
c10::intrusive_ptr<Engine> nccl_engine(const c10::intrusive_ptr<c10d::Store>& store, int64_t rank, int64_t size,
                                       std::chrono::milliseconds timeout);

/// Meets the engine's other processes, which call it, too: without it that is left to the first exchange, as it is always in a
/// LibTorch before 2.6. It waits for them for ever, and throws what NCCL does.
void connect_nccl(Engine& engine, c10::Device device);

}  // namespace staircase::processes
