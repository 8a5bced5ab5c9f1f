#pragma once

#include <array>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace staircase::config {

/// What a field may hold beyond its type. Lists apply `min` and `max` to each item.
struct Limits {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  std::array<int, 4> one_of{};  ///< with `one_of_count` > 0: the only values
  int one_of_count = 0;
  int min_items = 0, max_items = std::numeric_limits<int>::max();
  bool path = false;  ///< a text that names a file or folder: a relative one starts at the JSON file that says it

  constexpr Limits range(double low, double high) const {
    auto l = *this;
    l.min = low;
    l.max = high;
    return l;
  }
  constexpr Limits items(int low, int high) const {
    auto l = *this;
    l.min_items = low;
    l.max_items = high;
    return l;
  }
  constexpr Limits either(int a, int b) const {
    auto l = *this;
    l.one_of = {a, b};
    l.one_of_count = 2;
    return l;
  }
};

constexpr Limits range(double low, double high) { return Limits{}.range(low, high); }
constexpr Limits a_path() {
  Limits l;
  l.path = true;
  return l;
}

/// One switch: its key in JSON, where it is kept, what it means, and its limits.
template <class Owner, class T>
struct Field {
  using value_type = T;
  std::string_view name;
  T Owner::*member;
  std::string_view help;
  Limits limits;
};

template <class Owner, class T>
constexpr Field<Owner, T> field(std::string_view name, T Owner::*member, std::string_view help, Limits limits = {}) {
  return {name, member, help, limits};
}

/// An option struct is an aggregate with defaults and ONE list of its fields, `T::fields()`.
/// Reading, writing, comparing, help and the JSON Schema all come from that list.
template <class T>
concept Options = requires {
  T::fields();
  T::title;
};

template <Options T, class Visit>
constexpr void visit_fields(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, T::fields());
}

/// The names of an enum's values, in order of their numbers, starting at 0.
/// Specialize: `template <> inline constexpr std::array enum_names<Stem>{"conv7_pool", ...};`
template <class E>
inline constexpr std::array<std::string_view, 0> enum_names{};

template <class E>
concept NamedEnum = std::is_enum_v<E> &&(enum_names<E>.size() > 0);

template <NamedEnum E>
constexpr std::string_view to_name(E value) {
  return enum_names<E>[static_cast<size_t>(value)];
}

}  // namespace staircase::config
