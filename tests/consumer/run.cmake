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
# The same by pkg-config, where that is there.
find_program(pkg_config pkg-config)
if(pkg_config AND NOT FLAGS)
  file(GLOB_RECURSE pc "${WORK}/prefix/staircase.pc")
  get_filename_component(folder "${pc}" DIRECTORY)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E env "PKG_CONFIG_PATH=${folder}" "${pkg_config}" --cflags --libs staircase
                  OUTPUT_VARIABLE words ${run})
  separate_arguments(words UNIX_COMMAND "${words}")
  execute_process(COMMAND "${COMPILER}" "${SOURCE}/main.cpp" ${words} -o "${WORK}/by_pkg_config" ${run})
  execute_process(COMMAND "${WORK}/by_pkg_config" WORKING_DIRECTORY "${WORK}" OUTPUT_VARIABLE said_so ${run})
  if(NOT said_so STREQUAL said)
    message(FATAL_ERROR "Built by pkg-config the consumer says: ${said_so}")
  endif()
endif()
if(NOT said STREQUAL "2 images, 4 classes, verified at 3 shapes\n")
  message(FATAL_ERROR "The consumer printed something else.")
endif()
file(REMOVE_RECURSE "${WORK}")
