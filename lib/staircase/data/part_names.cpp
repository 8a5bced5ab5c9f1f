#include "staircase/data/part_names.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

/// What parts are called elsewhere, between spaces, in small letters.
constexpr struct {
  std::string_view part, names;
} usual_names[] = {
    {"train", " train training trainset train_set train_images images_train trn "},
    {"val", " val valid vali validate validation dev eval evaluation valset val_set val_images validation_set test "},
};

std::string small_letters(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return name;
}

/// The folder that most likely is the part; "" where none is.
std::string likely_part(std::string_view part, const std::vector<std::string>& there) {
  for (const auto& [name, names] : usual_names)
    for (const std::string& each : there)
      if (name == part && names.find(" " + small_letters(each) + " ") != std::string_view::npos) return each;
  return nearest_name(part, there);
}

/// "there are cat, dog, fox and 7 more".
std::string there_text(std::vector<std::string> there) {
  const size_t most = 8;
  if (there.empty()) return "there is no folder at all";
  std::string more;
  if (there.size() > most) {
    more = " and " + std::to_string(there.size() - most) + " more";
    there.resize(most);
  }
  return (there.size() == 1 ? "there is " : "there are ") + join(there) + more;
}

/// A folder in the folder that has both parts, as archives unpack; "" for none.
std::string deeper_folder(const fs::path& folder, const std::vector<std::string>& there) {
  std::error_code error;
  for (const std::string& each : there)
    if (fs::is_directory(folder / each / "train", error)) return (folder / each).string();
  return {};
}

[[noreturn]] void refuse(const fs::path& folder, const std::string& part, const std::vector<std::string>& there) {
  std::string sentence = folder.string() + ": has no folder " + (part == "val" ? "val or validation" : part);
  const std::string deeper = deeper_folder(folder, there), likely = likely_part(part, there);
  sentence += "; " + there_text(there);
  if (!deeper.empty()) sentence += "; the data set seems to be " + deeper;
  else if (!likely.empty()) sentence += "; rename " + likely + " to " + part + " if that is meant";
  else sentence += "; expected are train, val (or validation) and, if wanted, test, with a folder a class in each";
  throw RequestError(sentence);
}

}  // namespace

PartNames find_parts(const fs::path& folder, const std::vector<std::string>& there) {
  const auto is_there = [&](const char* name) { return std::find(there.begin(), there.end(), name) != there.end(); };
  if (!is_there("train")) refuse(folder, "train", there);
  if (is_there("val") && is_there("validation"))
    throw RequestError(folder.string() + ": has both val and validation, expected one of them");
  if (!is_there("val") && !is_there("validation")) refuse(folder, "val", there);
  return {"train", is_there("val") ? "val" : "validation", is_there("test") ? "test" : ""};
}

}  // namespace staircase::data
