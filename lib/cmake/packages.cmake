# cpack --preset deb, after a build: staircase (the program, its manual and completions) and libstaircase-dev, which
# install into /usr.
set(folder "${PROJECT_BINARY_DIR}/debian")
set(maintainer "The Staircase developers <staircase@users.noreply.example.org>")
find_program(git git)
set(date "Thu, 01 Jan 2026 00:00:00 +0000")
if(git)
  execute_process(COMMAND "${git}" log -1 --format=%aD WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
                  OUTPUT_VARIABLE of_commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(of_commit)
    set(date "${of_commit}")
  endif()
endif()
configure_file("${PROJECT_SOURCE_DIR}/LICENSE" "${folder}/copyright" COPYONLY)
find_program(gzip gzip)
foreach(package staircase libstaircase-dev)
  file(CONFIGURE OUTPUT "${folder}/${package}/changelog" @ONLY CONTENT
"staircase (@PROJECT_VERSION@) unstable; urgency=medium

  * Version @PROJECT_VERSION@.

 -- @maintainer@  @date@
")
  if(gzip)
    execute_process(COMMAND "${gzip}" -9nfk "${folder}/${package}/changelog")
  endif()
endforeach()
foreach(pair "staircase;program" "libstaircase-dev;dev")
  list(GET pair 0 package)
  list(GET pair 1 component)
  install(FILES "${folder}/copyright" "${folder}/${package}/changelog.gz" DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
          COMPONENT ${component} OPTIONAL)
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME staircase)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME staircase)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION science)
# LibTorch does with any BLAS; the reference one is up to fifty times slower.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "libopenblas0-openmp")
# The first line is the synopsis: with this summary, its default, CPack puts no summary of all packages before it.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_PROJECT_NAME} built using CMake")
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "image classifiers compared one change at a time
Trains image classifiers along walks of single changes, from ResNet to
ConvNeXt, transformers and back, under one fixed recipe, and says what each
step was worth, with its uncertainty. Experiments are JSON files; reports
are pages; networks leave as weights, TorchScript or ONNX.")
set(CPACK_DEBIAN_DEV_PACKAGE_NAME libstaircase-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "libtorch-dev, libopencv-core-dev, libopencv-imgproc-dev, libopencv-imgcodecs-dev, libjpeg62-turbo-dev, libarchive-dev, nlohmann-json3-dev, libhwy-dev, zlib1g-dev")
if(TARGET ONNX::onnx)
  string(APPEND CPACK_DEBIAN_DEV_PACKAGE_DEPENDS ", libonnx-dev, libprotobuf-dev")
endif()
if(TARGET onnxruntime::onnxruntime)
  string(APPEND CPACK_DEBIAN_DEV_PACKAGE_DEPENDS ", libonnxruntime-dev")
endif()
set(CPACK_DEBIAN_DEV_DESCRIPTION "library of staircase, for programs in C++
Networks as plans, blocks from plans, weights of other projects, TorchScript,
training and analysis of experiments: what the program staircase is made of,
as static libraries with headers, for CMake and pkg-config.")
include(CPack)
