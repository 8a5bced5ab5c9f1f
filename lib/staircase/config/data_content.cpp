#include "staircase/config/data_content.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"

namespace staircase::config {
namespace {

Json write_parts(const DataContent& content) {
  Json parts = Json::object();
  for (const DataContent::Part& part : content.parts) {
    Json& classes = parts[part.name] = Json::object();
    for (const DataContent::Class& each : part.classes)
      classes[each.name] = std::to_string(each.images) + " " + hexadecimal(each.stamp, 16);
  }
  return parts;
}

/// "300 0123456789abcdef". False: it is something else.
bool read_class(const Json& value, DataContent::Class& into) {
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  const char *at = text.data(), *end = at + text.size();
  const auto images = std::from_chars(at, end, into.images);
  if (images.ec != std::errc() || images.ptr == end || *images.ptr != ' ') return false;
  const auto stamp = std::from_chars(images.ptr + 1, end, into.stamp, 16);
  return stamp.ec == std::errc() && stamp.ptr == end && into.images >= 0;
}

/// Of shards, that of the folder that they were made of: the same images are the same set.
std::string kind_name(DataKind kind) {
  return std::string(to_name(kind == DataKind::shards ? DataKind::image_folder : kind));
}

template <class Items>
auto named(const Items& items, const std::string& name) {
  return std::find_if(items.begin(), items.end(), [&](const auto& each) { return each.name == name; });
}

/// "class coat is new", "the part test is gone": a name that only one of two lists has.
template <class Items>
std::string first_alone(const Items& there, const Items& here, const std::string& what) {
  for (const auto& each : here)
    if (named(there, each.name) == there.end()) return what + " " + each.name + " is new";
  for (const auto& each : there)
    if (named(here, each.name) == here.end()) return what + " " + each.name + " is gone";
  return {};
}

std::string count(int64_t images) { return grouped_digits(images); }

std::string part_change(const DataContent::Part& there, const DataContent::Part& here) {
  const std::string alone = first_alone(there.classes, here.classes, there.name + ": the class");
  if (!alone.empty()) return alone;
  const DataContent::Class *counted = nullptr, *stamped = nullptr, *before = nullptr;
  for (const DataContent::Class& each : here.classes) {
    const DataContent::Class& other = *named(there.classes, each.name);
    if (each.images != other.images && !counted) counted = &each, before = &other;
    if (each.stamp != other.stamp && !stamped) stamped = &each;
  }
  if (counted)
    return there.name + ": " + count(there.images()) + " images there and " + count(here.images()) + " here (class " +
           counted->name + ": " + count(before->images) + " and " + count(counted->images) + ")";
  if (stamped)
    return there.name + ": images of the class " + stamped->name + " are not the same (name or size of a file)";
  return there == here ? std::string() : there.name + ": the classes stand in another order";
}

}  // namespace

int64_t DataContent::Part::images() const {
  return std::accumulate(classes.begin(), classes.end(), int64_t{0},
                         [](int64_t sum, const Class& each) { return sum + each.images; });
}

std::string DataContent::fingerprint() const {
  // The order of classes is that of the labels, so it counts.
  const Json all = {{"kind", kind_name(kind)}, {"parts", write_parts(*this)}};
  return hexadecimal(mix64(hash_text(all.dump())), 16);
}

std::string describe_change(const DataContent& there, const DataContent& here) {
  if (kind_name(there.kind) != kind_name(here.kind))
    return "/data/kind is " + std::string(to_name(there.kind)) + " there and " + std::string(to_name(here.kind)) +
           " here";
  if (there.parts == here.parts) return {};
  const std::string alone = first_alone(there.parts, here.parts, "the part");
  if (!alone.empty()) return alone;
  for (const DataContent::Part& part : there.parts)
    if (std::string change = part_change(part, *named(here.parts, part.name)); !change.empty()) return change;
  return {};
}

Json write_data_content(const DataContent& content) {
  return {{"kind", std::string(to_name(content.kind))},
          {"path", content.path},
          {"fingerprint", content.fingerprint()},
          {"parts", write_parts(content)}};
}

DataContent read_data_content(const Json& value, const Place& place) {
  const auto member = [&](const char* key) -> const Json& {
    if (!value.is_object() || !value.contains(key)) throw ConfigError(place.at(key), "is missing");
    return value.at(key);
  };
  DataContent content;
  content.kind = Codec<DataKind>::read(member("kind"), place.at("kind"), {});
  content.path = Codec<std::string>::read(member("path"), place.at("path"), {});
  for (const auto& [part, classes] : member("parts").items()) {
    content.parts.push_back({part, {}});
    for (const auto& [name, text] : classes.items()) {
      DataContent::Class each{name};
      if (!read_class(text, each))
        detail::refuse(text, place.at("parts").at(part).at(name), "a count and a stamp, \"300 0123456789abcdef\"");
      content.parts.back().classes.push_back(std::move(each));
    }
  }
  const std::string fingerprint = Codec<std::string>::read(member("fingerprint"), place.at("fingerprint"), {});
  if (fingerprint != content.fingerprint())
    throw ConfigError(place.at("fingerprint"), "found \"" + fingerprint + "\", but what stands beside it gives \"" +
                                                   content.fingerprint() + "\": the file was changed by hand");
  return content;
}

bool is_described_whole(const DataOptions& options) { return is_drawn(options.kind); }

const DataContent* find_content(const std::vector<DataContent>& contents, const DataOptions& options) {
  for (const DataContent& each : contents)
    if (each.kind == options.kind && each.path == options.path) return &each;
  return nullptr;
}

}  // namespace staircase::config
