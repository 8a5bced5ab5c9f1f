#pragma once

#include <filesystem>
#include <string>

namespace staircase::tests {

/// A file of tests/reference, where expectations from outside this code are kept.
inline std::filesystem::path reference_file(const std::string& name) {
  return std::filesystem::path(STAIRCASE_TEST_REFERENCE) / name;
}

}  // namespace staircase::tests
