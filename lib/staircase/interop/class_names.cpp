#include "staircase/interop/class_names.h"

#include <algorithm>
#include <map>

#include "staircase/base/errors.h"
#include "staircase/base/some_of.h"
#include "staircase/base/text.h"
#include "staircase/interop/embedded.h"

namespace staircase::interop {
namespace {

/// One column of imagenet_classes.txt, whose lines are "n01440764 tench".
std::vector<std::string> imagenet_column(bool names) {
  std::vector<std::string> column;
  std::string_view text = embedded_file("imagenet_classes.txt");
  for (size_t end = 0; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    const std::string_view line = text.substr(0, end);
    const size_t space = line.find(' ');
    column.emplace_back(names ? line.substr(space + 1) : line.substr(0, space));
  }
  return column;
}

std::vector<std::optional<int64_t>> in_their_order(size_t count) {
  std::vector<std::optional<int64_t>> outputs;
  for (size_t i = 0; i < count; ++i) outputs.emplace_back(static_cast<int64_t>(i));
  return outputs;
}

/// "cat, dog and 8 more".
std::string some_classes(const std::vector<std::string>& names) {
  const size_t most = 10;
  return some_of(names, most);
}

}  // namespace

const std::vector<std::string>& imagenet_classes() {
  static const std::vector<std::string> names = imagenet_column(true);
  return names;
}

std::vector<std::optional<int64_t>> known_classes(const ModelDescription& description,
                                                  const std::vector<std::string>& classes, const std::string& file) {
  const std::vector<std::string>& known = description.class_names;
  const auto outputs = static_cast<size_t>(description.model.num_classes);
  if (known.empty()) {
    if (classes.size() == outputs) return in_their_order(outputs);
    throw RequestError(file + ": names no classes; its network has " + std::to_string(outputs) + ", the data has " +
                       std::to_string(classes.size()) + ", and all would be needed");
  }
  std::map<std::string, int64_t> places;
  for (size_t i = 0; i < known.size(); ++i) places.emplace(known[i], static_cast<int64_t>(i));
  const bool is_imagenet = known == imagenet_classes();
  if (is_imagenet) {
    const std::vector<std::string> synsets = imagenet_column(false);
    for (size_t i = 0; i < synsets.size(); ++i) places.emplace(synsets[i], static_cast<int64_t>(i));
  }
  std::vector<std::optional<int64_t>> found;
  for (const std::string& name : classes) {
    const auto place = places.find(name);
    found.push_back(place == places.end() ? std::nullopt : std::optional(place->second));
  }
  const bool any = std::any_of(found.begin(), found.end(), [](const auto& each) { return each.has_value(); });
  return !any && is_imagenet && classes.size() == outputs ? in_their_order(outputs) : found;
}

std::vector<int64_t> find_classes(const ModelDescription& description, const std::vector<std::string>& classes,
                                  const std::string& file, const std::string& way_out) {
  const auto outputs = known_classes(description, classes, file);
  std::vector<int64_t> found;
  std::vector<std::string> unknown;
  for (size_t i = 0; i < classes.size(); ++i) {
    if (outputs[i]) found.push_back(*outputs[i]);
    else unknown.push_back(classes[i]);
  }
  if (unknown.empty()) return found;
  const std::string hint = did_you_mean(unknown[0], description.class_names);
  throw RequestError(file + ": knows no class \"" + unknown[0] + "\"" +
                     (unknown.size() > 1 ? " and " + std::to_string(unknown.size() - 1) + " more" : "") +
                     ", which the data has" +
                     (hint.empty() ? "; it knows " + some_classes(description.class_names) : hint) +
                     (way_out.empty() ? "" : "; " + way_out));
}

std::vector<int64_t> match_classes(const ModelDescription& description, const std::vector<std::string>& classes,
                                   const std::string& file, const std::string& way_out) {
  const std::vector<std::string>& known = description.class_names;
  if (known.empty() || known == classes || known == imagenet_classes()) return {};
  std::multimap<std::string, int64_t> left;  // equal keys stay in the order in which they came
  for (size_t i = 0; i < known.size(); ++i) left.emplace(known[i], static_cast<int64_t>(i));
  std::vector<int64_t> found;
  std::vector<std::string> only_data, only_file;
  for (const std::string& name : classes) {
    const auto place = left.lower_bound(name);
    if (place == left.end() || place->first != name) {
      only_data.push_back(name);
    } else {
      found.push_back(place->second);
      left.erase(place);
    }
  }
  for (const auto& [name, output] : left) only_file.push_back(name);
  if (only_file.empty() && only_data.empty()) return found;
  std::vector<std::string> parts;
  if (!only_file.empty()) parts.push_back("it knows " + some_classes(only_file) + ", which the data have not");
  if (!only_data.empty()) parts.push_back("the data have " + some_classes(only_data) + ", which it does not know");
  throw RequestError(file + ": its head is for other classes: " + join(parts, "; ") +
                     (way_out.empty() ? "" : "; " + way_out));
}

}  // namespace staircase::interop
