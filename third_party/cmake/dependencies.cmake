# Everything Staircase links to, found and never vendored. third_party/README.md says why each.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost CONFIG REQUIRED)  # headers alone
find_package(Torch REQUIRED)
find_package(hwy CONFIG REQUIRED)
find_package(OpenCVParts REQUIRED)
find_package(JPEG REQUIRED)
find_package(LibArchive REQUIRED)
# export --format onnx, where it is there.
find_package(ONNX QUIET MODULE)
if(NOT TARGET ONNX::onnx)
  message(STATUS "No ONNX (Debian: libonnx-dev): export writes TorchScript alone")
endif()
# bench FILE.onnx, where it is there.
find_package(ONNXRuntime QUIET MODULE)
# run --processes, where they are there. LibTorch brings the library.
find_path(GLOO_INCLUDE_DIR gloo/config.h)
if(NOT GLOO_INCLUDE_DIR)
  message(STATUS "No headers of gloo (Debian: libgloo-dev): a network trains in one process")
endif()
# GPU to GPU, where LibTorch has CUDA and was made with NCCL. It brings the library, and as a Python package the headers, which
# have to be of the same version.
set(STAIRCASE_NCCL OFF)
if(GLOO_INCLUDE_DIR AND TARGET torch_cuda)
  find_package(CUDAToolkit QUIET)
  find_path(NCCL_INCLUDE_DIR nccl.h HINTS ${TORCH_INSTALL_PREFIX}/../nvidia/nccl/include ${CUDAToolkit_INCLUDE_DIRS})
  if(NCCL_INCLUDE_DIR AND CUDAToolkit_FOUND)
    include(CheckCXXSourceCompiles)
    set(CMAKE_REQUIRED_LIBRARIES torch)
    set(CMAKE_REQUIRED_INCLUDES ${NCCL_INCLUDE_DIR} ${CUDAToolkit_INCLUDE_DIRS})
    set(CMAKE_REQUIRED_DEFINITIONS -DUSE_C10D_NCCL)
    check_cxx_source_compiles("
      #include <torch/csrc/cuda/nccl.h>
      #include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
      int main() { return c10d::ProcessGroupNCCL::Options::create()->timeout.count() > 0 && torch::cuda::nccl::version() > 0; }
      " STAIRCASE_NCCL_COMPILES)
    unset(CMAKE_REQUIRED_LIBRARIES)
    unset(CMAKE_REQUIRED_INCLUDES)
    unset(CMAKE_REQUIRED_DEFINITIONS)
    set(STAIRCASE_NCCL ${STAIRCASE_NCCL_COMPILES})
  endif()
  if(NOT STAIRCASE_NCCL)
    message(STATUS "No NCCL, or no headers of it and of CUDA: GPUs of several processes exchange their numbers through the CPU")
  endif()
endif()
if(STAIRCASE_APPS)
  find_package(cxxopts REQUIRED)
endif()
if(STAIRCASE_TESTS)
  find_package(Catch2 REQUIRED)
endif()
