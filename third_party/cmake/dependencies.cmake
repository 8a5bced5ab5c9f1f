# Everything Staircase links to, found and never vendored. third_party/README.md says why each.
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(Boost CONFIG REQUIRED)  # headers alone
find_package(Torch REQUIRED)
find_package(hwy CONFIG REQUIRED)
find_package(OpenCVParts REQUIRED)
if(STAIRCASE_APPS)
  find_package(cxxopts REQUIRED)
endif()
if(STAIRCASE_TESTS)
  find_package(Catch2 REQUIRED)
endif()
