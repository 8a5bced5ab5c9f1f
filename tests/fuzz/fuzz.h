#pragma once

#include <functional>
#include <string>
#include <vector>

namespace staircase::tests {

/// Damages bytes in one to eight ways: flipped bits, numbers that lie, parts cut, doubled or moved.
/// A pure function of the seed.
std::string mutate(std::string bytes, uint64_t seed);

/// The main function of a fuzz program: `fuzz_X [MUTATIONS [FIRST_SEED]]`. Calls `try_one(seed)`
/// for each, 0 being the file undamaged. It may throw RequestError and nothing else, must end
/// within 20 seconds, and the whole run must not grow the process by more than a fixed amount.
/// Returns the exit status.
int run_fuzz(int argc, char** argv, const std::function<void(uint64_t seed)>& try_one);

}  // namespace staircase::tests
