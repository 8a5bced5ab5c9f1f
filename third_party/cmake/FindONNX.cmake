# ONNX's own package file under one pair of names: ONNX::onnx and ONNX::onnx_proto, as it is from ONNX 1.16 on (Debian 13);
# before (Debian 12) they are onnx and onnx_proto. It wants Protobuf to be found.
include(FindPackageHandleStandardArgs)
find_package(Protobuf QUIET)
if(Protobuf_FOUND)
  find_package(ONNX QUIET CONFIG)
endif()
foreach(part onnx onnx_proto)
  if(TARGET ${part} AND NOT TARGET ONNX::${part})
    add_library(ONNX::${part} INTERFACE IMPORTED)
    target_link_libraries(ONNX::${part} INTERFACE ${part})
  endif()
endforeach()
find_package_handle_standard_args(ONNX CONFIG_MODE)
