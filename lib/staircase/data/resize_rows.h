#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace staircase::data {

// The inner loops of resizing, compiled for each instruction set: sums of 8-bit values in whole numbers of 32 bits, the
// weights with 22 bits behind the point, rounded and clipped. Every set gives the same.

inline constexpr int weight_bits = 22;

/// Output pixel i is the sum of input[first[i] + t] * weights[i * stride + t], t < count[i]. The input begins at the
/// first pixel that any of them takes.
struct Taps {
  int stride = 0;
  std::vector<int> first, count;
  std::vector<int32_t> weights;
  const int32_t* of(int i) const { return weights.data() + static_cast<size_t>(i) * stride; }
};

/// One pixel of four rows: four lanes a row, of which the first are its channels.
struct alignas(64) FourRows {
  int32_t lanes[16];
};

/// Spreads rows of `width` pixels of 1 or 3 channels.
void spread_rows(const uint8_t* const rows[4], int width, int channels, FourRows* out);

/// Filters four rows that spread_rows made along their width. The rows of `out` have room for three bytes behind each.
void combine_columns(const FourRows* spread, const Taps& taps, int channels, uint8_t* const out[4]);

/// The weighted sum of `count` rows. They and `out` have room for row_slack bytes behind each.
void combine_rows(const uint8_t* rows, size_t stride, const int32_t* weights, int count, size_t row_bytes,
                  uint8_t* out);
inline constexpr size_t row_slack = 16;

}  // namespace staircase::data
