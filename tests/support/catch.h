#pragma once

// Catch2 is one header in version 2 (Debian 12) and a library in version 3 (Debian 13).
// Tests include this file and use Approx and ContainsSubstring by their version 3 names.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
