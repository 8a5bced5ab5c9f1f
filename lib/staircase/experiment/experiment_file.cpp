#include "staircase/experiment/experiment_file.h"

#include "staircase/base/build_info.h"
#include "staircase/base/random.h"
#include "staircase/base/text.h"

namespace staircase::experiment {
namespace {

using config::Json;

const std::string writer_key = "staircase";
constexpr int64_t format = 1;

std::string text_or(const Json& object, const char* key, const std::string& otherwise) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

/// "Staircase 0.1.0 (abc1234)".
std::string writer_text(const Json& writer) {
  if (writer.is_null()) return "a version of Staircase that it does not name";
  const std::string revision = text_or(writer, "revision", "");
  return "Staircase " + text_or(writer, "version", "of unknown version") +
         (revision.empty() ? "" : " (" + revision + ")");
}

std::string reader_text() {
  return "this is " + writer_text(writer_json()) + ", which reads format " + std::to_string(format);
}

void check_format(const Json& writer, const std::string& file) {
  if (writer.is_null()) return;  // written before writers were named
  const Json found = writer.is_object() ? writer.value("format", Json()) : Json();
  if (found == Json(format)) return;
  throw RequestError(file + ": was written by " + writer_text(writer) + " in " +
                     (found.is_null() ? "a format that it does not name" : "format " + config::describe_value(found)) +
                     "; " + reader_text());
}

void list_fields(const Json& object, const std::string& pointer, std::string& list) {
  for (const auto& [key, value] : object.items()) {
    list += pointer + "/" + key + "\n";
    if (value.is_object()) list_fields(value, pointer + "/" + key, list);
  }
}

/// Stands for the names of all fields of a configuration.
std::string fields_name() {
  std::string list;
  list_fields(config::write_configuration({}), "", list);
  return hexadecimal(mix64(hash_text(list)), 16);
}

bool has_runs(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::directory_iterator(folder / "runs", error) != std::filesystem::directory_iterator();
}

/// A candidate of a comparison is stored as its file gave it, so only this tells that it means another
/// configuration here.
void check_fields(const Json& writer, const std::filesystem::path& file) {
  const std::string found = text_or(writer, "fields", fields_name());  // without it: written before fields were named
  if (found == fields_name() || !has_runs(file.parent_path())) return;
  throw RequestError(
      file.string() +
      ": its runs are named by the fields of another version, so none would be found: it was written by " +
      writer_text(writer) + ", this is " + writer_text(writer_json()));
}

/// The first field of `whole` that `part` lacks, as a pointer; empty: there is none.
std::string first_missing(const Json& whole, const Json& part, const std::string& pointer) {
  if (!whole.is_object() || !part.is_object()) return {};
  for (const auto& [key, value] : whole.items()) {
    if (!part.contains(key)) return pointer + "/" + key;
    const std::string inner = first_missing(value, part.at(key), pointer + "/" + key);
    if (!inner.empty()) return inner;
  }
  return {};
}

}  // namespace

Json writer_json() {
  return {{"version", build_info().version},
          {"revision", build_info().revision},
          {"format", format},
          {"fields", fields_name()}};
}

Json stored_content(const Experiment& experiment, const Json& beside) {
  Json content = write_experiment(experiment);
  content[writer_key] = writer_json();
  content.update(beside);
  return content;
}

StoredExperiment read_stored_experiment(const std::filesystem::path& file, const std::vector<std::string>& beside) {
  StoredExperiment stored{config::read_json_file(file), {}};
  if (!stored.content.is_object())
    config::detail::refuse(stored.content, {file.string(), ""}, "an experiment, which is an object");
  const Json writer = stored.content.value(writer_key, Json());
  check_format(writer, file.string());
  stored.content.erase(writer_key);
  Json plain = stored.content;
  for (const std::string& key : beside) plain.erase(key);
  try {
    stored.experiment = resolve_experiment(plain, file.string());
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + "; the file was written by " + writer_text(writer) + ", " +
                       reader_text() + " with the fields of its own schema");
  }
  // A run is named by all fields of its configuration, so with another set of them none would be found.
  const std::string missing =
      first_missing(write_experiment(stored.experiment)["base"], plain.value("base", Json()), "/base");
  if (!missing.empty())
    throw RequestError(file.string() + ": has no " + missing + ", which names runs here: it was written by " +
                       writer_text(writer) + ", " + reader_text() + " with that field");
  check_fields(writer, file);
  return stored;
}

}  // namespace staircase::experiment
