#include "staircase/interop/class_names.h"

#include <map>
#include <numeric>

#include "staircase/base/errors.h"
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

std::vector<int64_t> in_their_order(size_t count) {
  std::vector<int64_t> outputs(count);
  std::iota(outputs.begin(), outputs.end(), 0);
  return outputs;
}

/// "cat, dog and 8 more".
std::string some_of(const std::vector<std::string>& names) {
  const size_t most = 10;
  if (names.size() <= most) return join(names);
  return join({names.begin(), names.begin() + most}) + " and " + std::to_string(names.size() - most) + " more";
}

}  // namespace

const std::vector<std::string>& imagenet_classes() {
  static const std::vector<std::string> names = imagenet_column(true);
  return names;
}

std::vector<int64_t> find_classes(const ModelDescription& description, const std::vector<std::string>& classes,
                                  const std::string& file) {
  const std::vector<std::string>& known = description.class_names;
  const auto outputs = static_cast<size_t>(description.model.num_classes);
  if (known.empty()) {
    if (classes.size() == outputs) return in_their_order(outputs);
    throw RequestError(file + ": names no classes; its network has " + std::to_string(outputs) + ", the data has " +
                       std::to_string(classes.size()) + ", and all would be needed");
  }
  std::map<std::string, int64_t> places;
  for (size_t i = 0; i < known.size(); ++i) places.emplace(known[i], static_cast<int64_t>(i));
  if (known == imagenet_classes()) {
    const std::vector<std::string> synsets = imagenet_column(false);
    for (size_t i = 0; i < synsets.size(); ++i) places.emplace(synsets[i], static_cast<int64_t>(i));
  }
  std::vector<int64_t> found;
  std::string unknown;
  for (const std::string& name : classes) {
    const auto place = places.find(name);
    if (place != places.end()) found.push_back(place->second);
    else if (unknown.empty()) unknown = name;
  }
  if (found.size() == classes.size()) return found;
  if (found.empty() && classes.size() == outputs && known == imagenet_classes()) return in_their_order(outputs);
  const std::string hint = did_you_mean(unknown, known);
  throw RequestError(file + ": knows no class \"" + unknown + "\", which the data has" +
                     (hint.empty() ? "; it knows " + some_of(known) : hint));
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
  if (!only_file.empty()) parts.push_back("it knows " + some_of(only_file) + ", which the data have not");
  if (!only_data.empty()) parts.push_back("the data have " + some_of(only_data) + ", which it does not know");
  throw RequestError(file + ": its head is for other classes: " + join(parts, "; ") +
                     (way_out.empty() ? "" : "; " + way_out));
}

}  // namespace staircase::interop
