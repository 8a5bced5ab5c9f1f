# cmake -DBUILD=... -DSOURCE=... -DWORK=... -P run.cmake: installs BUILD under WORK, then configures,
# builds and runs the consumer against what was installed and nothing else of this project.
file(REMOVE_RECURSE "${WORK}")
set(run COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${WORK}/prefix"
                OUTPUT_QUIET ${run})
execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${WORK}/build" -G "${GENERATOR}"
                "-DCMAKE_PREFIX_PATH=${WORK}/prefix;${PREFIX_PATH}" "-DCMAKE_CXX_FLAGS=${FLAGS}"
                "-DCMAKE_CXX_COMPILER=${COMPILER}" ${run})
execute_process(COMMAND "${CMAKE_COMMAND}" --build "${WORK}/build" ${run})
execute_process(COMMAND "${WORK}/build/consumer" WORKING_DIRECTORY "${WORK}" OUTPUT_VARIABLE said ${run})
message("${said}")
if(NOT said STREQUAL "2 images, 4 classes, verified at 3 shapes\n")
  message(FATAL_ERROR "The consumer printed something else.")
endif()
file(REMOVE_RECURSE "${WORK}")
