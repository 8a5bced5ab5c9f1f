#include "staircase/config/paths.h"

#include "staircase/config/configuration.h"

namespace staircase::config {
namespace fs = std::filesystem;
namespace {

/// Calls `visit` with part and name of every field that holds a path.
template <class Visit>
void visit_path_fields(Visit&& visit) {
  visit_parts([&](const auto& part) {
    using Part = typename std::remove_cvref_t<decltype(part)>::value_type;
    visit_fields<Part>([&](const auto& each) {
      if (each.limits.path) visit(std::string(part.name), std::string(each.name));
    });
  });
}

void make_absolute(Json& object, const std::string& key, const fs::path& folder) {
  if (!object.is_object()) return;
  const auto path = object.find(key);
  if (path == object.end() || !path->is_string() || path->get<std::string>().empty()) return;
  *path = (folder / path->get<std::string>()).lexically_normal().string();
}

/// `parts`: an object with parts as wholes under their names, which begin with `prefix`.
void make_parts_absolute(Json& parts, const std::string& prefix, const fs::path& folder) {
  if (!parts.is_object()) return;
  visit_path_fields([&](const std::string& part, const std::string& name) {
    if (const auto whole = parts.find(prefix + part); whole != parts.end()) make_absolute(*whole, name, folder);
  });
}

/// `edits`: pointer to value, where a value may be a part as a whole.
void make_edits_absolute(Json& edits, const fs::path& folder) {
  make_parts_absolute(edits, "/", folder);
  visit_path_fields(
      [&](const std::string& part, const std::string& name) { make_absolute(edits, "/" + part + "/" + name, folder); });
}

}  // namespace

void make_paths_absolute(Json& content, const fs::path& folder) {
  if (!content.is_object()) return;
  const fs::path start = fs::absolute(folder.empty() ? fs::path(".") : folder);
  if (const auto base = content.find("base"); base != content.end()) make_parts_absolute(*base, "", start);
  if (const auto edits = content.find("override"); edits != content.end()) make_edits_absolute(*edits, start);
  for (const char* list : {"steps", "contexts"}) {
    const auto found = content.find(list);
    if (found == content.end() || !found->is_array()) continue;
    for (Json& each : *found)
      if (each.is_object() && each.contains("set")) make_edits_absolute(each["set"], start);
  }
}

std::string other_reading(const fs::path& missing, const std::string& source, const std::string& pointer) {
  const fs::path words = missing.lexically_relative(fs::absolute(source).lexically_normal().parent_path());
  std::error_code error;
  if (words.empty() || !fs::exists(words, error) || fs::absolute(words).lexically_normal() == missing) return {};
  return "; a relative path starts at the file that says it, but from the current directory \"" + words.string() +
         "\" exists: --set " + pointer + "=" + words.string() + " takes that one";
}

}  // namespace staircase::config
