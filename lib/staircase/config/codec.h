#pragma once

#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "staircase/base/text.h"
#include "staircase/config/fields.h"
#include "staircase/config/json.h"
#include "staircase/config/recipe_options.h"

namespace staircase::config {

/// Two configs differ in this field.
struct Difference {
  std::string pointer;
  Json a, b;
};

namespace detail {

std::vector<std::string> names_of(const std::string_view* names, size_t count);
[[noreturn]] void refuse(const Json& found, const Place& place, const std::string& allowed);
[[noreturn]] void refuse_unknown_key(const std::string& key, const Place& object,
                                     const std::vector<std::string>& known);
int64_t read_integer(const Json& value, const Place& place, const Limits& limits);
double read_number(const Json& value, const Place& place, const Limits& limits);
void check_item_count(const Json& value, const Place& place, const Limits& limits);
Json number_schema(const char* type, const Limits& limits);

}  // namespace detail

/// How one type of field is read, written and described. Specialize for a new type of field.
template <class T>
struct Codec;

template <>
struct Codec<bool> {
  static bool read(const Json& value, const Place& place, const Limits&) {
    if (!value.is_boolean()) detail::refuse(value, place, "true or false");
    return value.get<bool>();
  }
  static Json write(bool value) { return value; }
  static Json schema(const Limits&) { return {{"type", "boolean"}}; }
};

template <>
struct Codec<int64_t> {
  static int64_t read(const Json& value, const Place& place, const Limits& limits) {
    return detail::read_integer(value, place, limits);
  }
  static Json write(int64_t value) { return value; }
  static Json schema(const Limits& limits) { return detail::number_schema("integer", limits); }
};

template <>
struct Codec<double> {
  static double read(const Json& value, const Place& place, const Limits& limits) {
    return detail::read_number(value, place, limits);
  }
  static Json write(double value) { return value; }
  static Json schema(const Limits& limits) { return detail::number_schema("number", limits); }
};

template <>
struct Codec<std::string> {
  static std::string read(const Json& value, const Place& place, const Limits&) {
    if (!value.is_string()) detail::refuse(value, place, "a text");
    return value.get<std::string>();
  }
  static Json write(const std::string& value) { return value; }
  static Json schema(const Limits&) { return {{"type", "string"}}; }
};

template <>
struct Codec<ModelRate> {
  static ModelRate read(const Json& value, const Place& place, const Limits& limits) {
    if (value.is_string() && value.get<std::string>() == "model") return {std::nullopt};
    if (!value.is_number())
      detail::refuse(value, place,
                     "a number from " + Json(limits.min).dump() + " to " + Json(limits.max).dump() + ", or \"model\"");
    return {detail::read_number(value, place, limits)};
  }
  static Json write(const ModelRate& value) { return value.rate ? Json(*value.rate) : Json("model"); }
  static Json schema(const Limits& limits) {
    return {{"anyOf", Json::array({detail::number_schema("number", limits), {{"const", "model"}}})}};
  }
};

template <NamedEnum E>
struct Codec<E> {
  static E read(const Json& value, const Place& place, const Limits&) {
    const auto& names = enum_names<E>;
    const auto known = detail::names_of(names.data(), names.size());
    if (!value.is_string()) detail::refuse(value, place, "one of " + join(known));
    const std::string text = value.get<std::string>();
    for (size_t i = 0; i < names.size(); ++i)
      if (names[i] == text) return static_cast<E>(i);
    throw ConfigError(place, "\"" + text + "\" is not one of " + join(known) + did_you_mean(text, known));
  }
  static Json write(E value) { return std::string(to_name(value)); }
  static Json schema(const Limits&) { return {{"enum", detail::names_of(enum_names<E>.data(), enum_names<E>.size())}}; }
};

template <class T>
struct Codec<std::vector<T>> {
  static std::vector<T> read(const Json& value, const Place& place, const Limits& limits) {
    detail::check_item_count(value, place, limits);
    std::vector<T> items;
    for (size_t i = 0; i < value.size(); ++i) items.push_back(Codec<T>::read(value[i], place.at(i), limits));
    return items;
  }
  static Json write(const std::vector<T>& items) {
    Json list = Json::array();
    for (const T& item : items) list.push_back(Codec<T>::write(item));
    return list;
  }
  static Json schema(const Limits& limits) {
    return {{"type", "array"},
            {"items", Codec<T>::schema(limits)},
            {"minItems", limits.min_items},
            {"maxItems", limits.max_items}};
  }
};

template <class T, size_t N>
struct Codec<std::array<T, N>> {
  static std::array<T, N> read(const Json& value, const Place& place, const Limits& limits) {
    detail::check_item_count(value, place, limits.items(N, N));
    std::array<T, N> items;
    for (size_t i = 0; i < N; ++i) items[i] = Codec<T>::read(value[i], place.at(i), limits);
    return items;
  }
  static Json write(const std::array<T, N>& items) {
    return Codec<std::vector<T>>::write(std::vector<T>(items.begin(), items.end()));
  }
  static Json schema(const Limits& limits) { return Codec<std::vector<T>>::schema(limits.items(N, N)); }
};

template <class T>
struct Codec<std::optional<T>> {
  static std::optional<T> read(const Json& value, const Place& place, const Limits& limits) {
    return value.is_null() ? std::nullopt : std::optional<T>(Codec<T>::read(value, place, limits));
  }
  static Json write(const std::optional<T>& value) { return value ? Codec<T>::write(*value) : Json(nullptr); }
  static Json schema(const Limits& limits) {
    return {{"anyOf", Json::array({Codec<T>::schema(limits), {{"type", "null"}}})}};
  }
};

/// JSON that is read later, when it is known what it means: an object, or a name where names are allowed.
template <>
struct Codec<Json> {
  static Json read(const Json& value, const Place& place, const Limits&) {
    if (!value.is_object() && !value.is_string()) detail::refuse(value, place, "an object or a name");
    return value;
  }
  static Json write(const Json& value) { return value; }
  static Json schema(const Limits&) { return {{"type", Json::array({"object", "string"})}}; }
};

/// The keys of an option struct, in order.
template <Options T>
std::vector<std::string> field_names() {
  std::vector<std::string> names;
  visit_fields<T>([&](const auto& each) { names.emplace_back(each.name); });
  return names;
}

/// Reads the keys of `value` over `options`; keys that are left out keep what they had.
/// Throws ConfigError on an unknown key, a wrong type or a value out of range.
template <Options T>
T read_options(const Json& value, const Place& place, T options = {}) {
  if (!value.is_object()) detail::refuse(value, place, "an object with the fields of a " + std::string(T::title));
  for (const auto& [key, ignored] : value.items()) {
    bool known = false;
    visit_fields<T>([&](const auto& each) { known = known || each.name == key; });
    if (!known) detail::refuse_unknown_key(key, place, field_names<T>());
  }
  visit_fields<T>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    const auto found = value.find(std::string(each.name));
    if (found != value.end()) options.*(each.member) = Codec<Value>::read(*found, place.at(each.name), each.limits);
  });
  return options;
}

/// Every field, in the order of the list.
template <Options T>
Json write_options(const T& options) {
  Json object = Json::object();
  visit_fields<T>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    object[std::string(each.name)] = Codec<Value>::write(options.*(each.member));
  });
  return object;
}

/// The fields in which two structs differ, as pointers "/TITLE/FIELD".
template <Options T>
std::vector<Difference> diff_options(const T& a, const T& b) {
  std::vector<Difference> differences;
  visit_fields<T>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    if (a.*(each.member) != b.*(each.member))
      differences.push_back({"/" + std::string(T::title) + "/" + std::string(each.name),
                             Codec<Value>::write(a.*(each.member)), Codec<Value>::write(b.*(each.member))});
  });
  return differences;
}

/// JSON Schema (2020-12) of an option struct. With `from`, also the key "from", a name to start from.
template <Options T>
Json options_schema(bool from) {
  Json properties = Json::object();
  if (from) properties["from"] = {{"type", "string"}, {"description", "a name to start from"}};
  visit_fields<T>([&](const auto& each) {
    using Value = typename std::remove_cvref_t<decltype(each)>::value_type;
    Json entry = Codec<Value>::schema(each.limits);
    entry["description"] = std::string(each.help);
    entry["default"] = Codec<Value>::write(T{}.*(each.member));
    properties[std::string(each.name)] = entry;
  });
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
}

/// A struct inside a struct.
template <Options T>
struct Codec<T> {
  static T read(const Json& value, const Place& place, const Limits&) { return read_options<T>(value, place); }
  static Json write(const T& value) { return write_options(value); }
  static Json schema(const Limits&) { return options_schema<T>(false); }
};

}  // namespace staircase::config
