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
if(STAIRCASE_APPS)
  find_package(cxxopts REQUIRED)
endif()
if(STAIRCASE_TESTS)
  find_package(Catch2 REQUIRED)
endif()
