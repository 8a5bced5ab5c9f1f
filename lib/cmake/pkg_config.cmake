# staircase.pc, for projects that are not built by CMake. The layers are static, so what they link to is named too:
# libraries that have a .pc of their own by that.
get_property(layers GLOBAL PROPERTY STAIRCASE_LAYERS)
list(REVERSE layers)
list(TRANSFORM layers PREPEND -lstaircase_)
list(JOIN layers " " pc_layers)

# Where the linker looks anyway, no -L names it: Debian's folders bear the name of the architecture.
function(pc_folder result library)
  get_filename_component(folder "${library}" DIRECTORY)
  set(${result} "-L${folder} " PARENT_SCOPE)
  if(folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES)
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()
pc_folder(torch_folder "${TORCH_LIBRARY}")
set(pc_libraries "${torch_folder}-ltorch -ltorch_cpu -lc10 -lopencv_imgcodecs -lopencv_imgproc -lopencv_core")
set(pc_requires "")
if(TARGET ONNX::onnx)
  string(PREPEND pc_libraries "-lonnx -lonnx_proto ")
  set(pc_requires " protobuf")
endif()
if(TARGET onnxruntime::onnxruntime)
  pc_folder(onnxruntime_folder "${ONNXRuntime_LIBRARY}")
  string(PREPEND pc_libraries "${onnxruntime_folder}-lonnxruntime ")
endif()
set(pc_flags "${TORCH_CXX_FLAGS}")
set(folders ${TORCH_INCLUDE_DIRS} ${OpenCVParts_INCLUDE_DIR})
list(REMOVE_ITEM folders ${CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES})  # where the compiler looks anyway
foreach(folder IN LISTS folders)
  string(APPEND pc_flags " -I${folder}")
endforeach()
configure_file("${CMAKE_CURRENT_LIST_DIR}/staircase.pc.in" "${PROJECT_BINARY_DIR}/staircase.pc.in" @ONLY)
# Wherever it is installed: the prefix is known only then.
install(CODE "
  file(READ \"${PROJECT_BINARY_DIR}/staircase.pc.in\" text)
  string(REPLACE \"prefix=${CMAKE_INSTALL_PREFIX}\" \"prefix=\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/staircase.pc\" \"\${text}\")" COMPONENT dev)
install(FILES "${PROJECT_BINARY_DIR}/staircase.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
