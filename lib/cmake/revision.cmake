# Writes the source's revision into a header, only when it changed, so that nothing is rebuilt in vain.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND git -C "${SOURCE_DIR}" describe --always --dirty=+ --exclude=*
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#define STAIRCASE_REVISION \"@revision@\"\n#define STAIRCASE_VERSION \"@VERSION@\"\n" @ONLY)
