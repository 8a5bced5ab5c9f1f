#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "staircase/config/codec.h"

namespace staircase::analysis {

/// What a result may have or not: its key is left out where it is empty (an optional is written as null).
template <class T>
struct Given : std::optional<T> {
  using std::optional<T>::optional;
};

template <class T>
inline constexpr bool is_given = false;
template <class T>
inline constexpr bool is_given<Given<T>> = true;

/// A struct with `title` and `fields()` that is written to results.json and never read as options are. The keys of a
/// field without a name stand among those of its struct.
template <class T>
concept Result = config::Options<T> && T::is_result;

template <Result T>
config::Json write_result(const T& result) {
  config::Json object = config::Json::object();
  config::visit_fields<T>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    const Value& value = result.*(each.member);
    if constexpr (is_given<Value>) {
      if (!value) return;
    }
    config::Json written = config::Codec<Value>::write(value);
    if (!each.name.empty()) object[std::string(each.name)] = std::move(written);
    else if (written.is_object()) object.update(written);
  });
  return object;
}

}  // namespace staircase::analysis

namespace staircase::config {

template <class T>
struct Codec<analysis::Given<T>> {
  static Json write(const analysis::Given<T>& value) { return Codec<T>::write(*value); }
};

template <analysis::Result T>
struct Codec<T> {
  static Json write(const T& value) { return analysis::write_result(value); }
};

}  // namespace staircase::config
