#pragma once

namespace staircase::nn {

/// Lets the process keep memory that is freed for what is allocated next. A training step frees and takes the same
/// blocks again and again; by default glibc hands those at the heap's end back to the system each time, and takes them
/// anew with a fault for every page. To be called once, at a program's start; nothing happens with other C libraries.
void keep_freed_memory();

}  // namespace staircase::nn
