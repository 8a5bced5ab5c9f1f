# embed_files(OUTPUT.cpp ROOM NAME path NAME path ...): writes a source that holds the files as they are, for
# ROOM/embedded.h. The assembler copies them in: as a C++ literal a megabyte takes the compiler a minute.
function(embed_files output room)
  set(assembly "")
  set(declarations "")
  set(table "")
  set(number 0)
  while(ARGN)
    list(POP_FRONT ARGN name path)
    set(symbol staircase_${room}_embedded_${number})
    string(APPEND assembly ".globl ${symbol}\n${symbol}:\n.incbin \"${path}\"\n"
                           ".globl ${symbol}_end\n${symbol}_end:\n")
    string(APPEND declarations "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
    string(APPEND table "  if (name == \"${name}\") return {${symbol}, ${symbol}_end};\n")
    set_property(SOURCE "${output}" APPEND PROPERTY OBJECT_DEPENDS "${path}")
    math(EXPR number "${number} + 1")
  endwhile()
  file(CONFIGURE OUTPUT "${output}" @ONLY CONTENT [[
// Written by lib/cmake/embed.cmake.
#include "staircase/@room@/embedded.h"

asm(R"(.pushsection .rodata
@assembly@.popsection
)");
@declarations@
namespace staircase::@room@ {

std::string_view embedded_file(std::string_view name) {
@table@  return {};
}

}  // namespace staircase::@room@
]])
  set_property(SOURCE "${output}" PROPERTY SKIP_PRECOMPILE_HEADERS ON)
endfunction()
