#pragma once

// STAIRCASE_VECTORIZED compiles a free function twice, for AVX2 and for the baseline, and picks one
// when the program starts: the inner loops over pixels are 2 to 4 times as fast, and a package built
// for any x86-64 still gets them. Results are equal (integers, or doubles without contraction).
// Sanitizers start after the picking, so they do without.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define STAIRCASE_VECTORIZED __attribute__((target_clones("avx2", "default")))
#else
#define STAIRCASE_VECTORIZED
#endif
