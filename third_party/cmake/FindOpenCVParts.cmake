# The three parts of OpenCV we use, as the target OpenCV::parts.
# OpenCV's own package file wants every module it was built with, so Debian ships it only with the
# full development package (VTK, GDAL and 60 more). Where it is there we use it, else the libraries.
find_package(OpenCV QUIET CONFIG COMPONENTS core imgproc imgcodecs)
if(NOT TARGET OpenCV::parts)
  add_library(OpenCV::parts INTERFACE IMPORTED)
  if(OpenCV_FOUND)
    target_link_libraries(OpenCV::parts INTERFACE opencv_core opencv_imgproc opencv_imgcodecs)
    set(OpenCVParts_INCLUDE_DIR "${OpenCV_INCLUDE_DIRS}")
    set(OpenCVParts_LIBRARIES "${OpenCV_LIBS}")
  else()
    find_path(OpenCVParts_INCLUDE_DIR opencv2/imgcodecs.hpp PATH_SUFFIXES opencv4)
    foreach(part imgcodecs imgproc core)
      find_library(OpenCVParts_${part} opencv_${part})
      list(APPEND OpenCVParts_LIBRARIES "${OpenCVParts_${part}}")
    endforeach()
    target_link_libraries(OpenCV::parts INTERFACE ${OpenCVParts_LIBRARIES})
    target_include_directories(OpenCV::parts SYSTEM INTERFACE "${OpenCVParts_INCLUDE_DIR}")
  endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenCVParts
  REQUIRED_VARS OpenCVParts_INCLUDE_DIR OpenCVParts_LIBRARIES)
