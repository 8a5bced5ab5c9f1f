#pragma once

#include "arguments.h"

namespace staircase::apps {

/// `bench --loader CONFIG`: how many training images a second the loader alone makes.
int bench_loader(const Arguments& arguments);

}  // namespace staircase::apps
