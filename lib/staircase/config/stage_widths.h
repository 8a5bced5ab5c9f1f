#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "staircase/config/codec.h"

namespace staircase::config {

/// Channels of a network's stages: one number for the first, which each later stage doubles, or a list with one each.
struct StageWidths {
  std::vector<int64_t> values;

  StageWidths(int64_t first) : values{first} {}                                  // NOLINT: a number is a width
  StageWidths(std::vector<int64_t> of_stages) : values(std::move(of_stages)) {}  // NOLINT

  bool is_list() const { return values.size() > 1; }
  bool operator==(const StageWidths&) const = default;
};

template <>
struct Codec<StageWidths> {
  static StageWidths read(const Json& value, const Place& place, const Limits& limits) {
    if (value.is_array()) return Codec<std::vector<int64_t>>::read(value, place, limits);
    return Codec<int64_t>::read(value, place, limits);
  }
  static Json write(const StageWidths& widths) {
    return widths.is_list() ? Codec<std::vector<int64_t>>::write(widths.values) : Json(widths.values.at(0));
  }
  static Json schema(const Limits& limits) {
    return {{"anyOf", Json::array({Codec<int64_t>::schema(limits), Codec<std::vector<int64_t>>::schema(limits)})}};
  }
};

}  // namespace staircase::config
