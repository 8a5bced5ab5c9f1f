#include "staircase/config/codec.h"

#include <cmath>

#include "staircase/config/usual_names.h"

namespace staircase::config::detail {
namespace {

std::string plain_number(double value) {
  return value == std::floor(value) && std::abs(value) < 1e15 ? std::to_string(static_cast<long long>(value))
                                                              : Json(value).dump();
}

/// "an integer from 1 to 63", "1 or 3", "a number of at least 0".
std::string allowed_numbers(const std::string& noun, const Limits& limits) {
  if (limits.one_of_count > 0) {
    std::vector<std::string> values;
    for (int i = 0; i < limits.one_of_count; ++i) values.push_back(std::to_string(limits.one_of[i]));
    return join(values, " or ");
  }
  std::string text = (noun == "integer" ? "an " : "a ") + noun;
  const bool low = std::isfinite(limits.min), high = std::isfinite(limits.max);
  if (low && high) text += " from " + plain_number(limits.min) + " to " + plain_number(limits.max);
  else if (low) text += " of at least " + plain_number(limits.min);
  else if (high) text += " of at most " + plain_number(limits.max);
  return text;
}

}  // namespace

std::vector<std::string> names_of(const std::string_view* names, size_t count) {
  return std::vector<std::string>(names, names + count);
}

void refuse(const Json& found, const Place& place, const std::string& allowed) {
  throw ConfigError(place, "found " + describe_value(found) + ", allowed is " + allowed);
}

void refuse_unknown_key(const std::string& key, const Place& object, const std::vector<std::string>& known) {
  std::vector<std::string> likely = likely_fields(key, known);
  for (std::string& name : likely) name = "\"" + name + "\"";
  if (likely.empty()) likely = likely_elsewhere(key);
  throw ConfigError(object.at(key),
                    "is not a known field" + (likely.empty() ? ", known are " + join(known)
                                                             : " (did you mean " + join(likely, " or ") + "?)"));
}

int64_t read_integer(const Json& value, const Place& place, const Limits& limits) {
  const std::string allowed = allowed_numbers("integer", limits);
  if (!value.is_number_integer()) refuse(value, place, allowed);
  if (value.is_number_unsigned() && value.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX))
    refuse(value, place, allowed);
  const int64_t number = value.get<int64_t>();
  bool good = static_cast<double>(number) >= limits.min && static_cast<double>(number) <= limits.max;
  if (limits.one_of_count > 0) {
    good = false;
    for (int i = 0; i < limits.one_of_count; ++i) good = good || number == limits.one_of[i];
  }
  if (!good) refuse(value, place, allowed);
  return number;
}

double read_number(const Json& value, const Place& place, const Limits& limits) {
  const std::string allowed = allowed_numbers("number", limits);
  if (!value.is_number()) refuse(value, place, allowed);
  const double number = value.get<double>();
  if (!std::isfinite(number) || number < limits.min || number > limits.max) refuse(value, place, allowed);
  return number;
}

void check_item_count(const Json& value, const Place& place, const Limits& limits) {
  const std::string count = limits.min_items == limits.max_items
                                ? std::to_string(limits.min_items)
                                : std::to_string(limits.min_items) + " to " + std::to_string(limits.max_items);
  if (!value.is_array()) refuse(value, place, "a list of " + count + " values");
  const auto size = static_cast<long long>(value.size());
  if (size < limits.min_items || size > limits.max_items)
    throw ConfigError(place, "holds " + std::to_string(size) + " values, allowed are " + count);
}

Json number_schema(const char* type, const Limits& limits) {
  Json schema = {{"type", type}};
  if (limits.one_of_count > 0) {
    schema["enum"] = Json::array();
    for (int i = 0; i < limits.one_of_count; ++i) schema["enum"].push_back(limits.one_of[i]);
    return schema;
  }
  const auto bound = [](double value) {
    return value == std::floor(value) ? Json(static_cast<int64_t>(value)) : Json(value);
  };
  if (std::isfinite(limits.min)) schema["minimum"] = bound(limits.min);
  if (std::isfinite(limits.max)) schema["maximum"] = bound(limits.max);
  return schema;
}

}  // namespace staircase::config::detail
