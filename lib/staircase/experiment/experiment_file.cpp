#include "staircase/experiment/experiment_file.h"

#include "staircase/base/build_info.h"

namespace staircase::experiment {
namespace {

using config::Json;

const std::string writer_key = "staircase";

/// What files of format 1 say under "fields": which fields name their runs. Files of later formats do not.
const std::string fields_of_format_1 = "c08c5b4c77d4d9d6";

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
  return "this is " + writer_text(writer_json()) + ", which reads format 1 to " + std::to_string(config::newest_format);
}

int64_t read_format(const Json& writer, const std::string& file) {
  if (writer.is_null()) return 1;  // written before writers were named
  const Json found = writer.is_object() ? writer.value("format", Json()) : Json();
  for (int64_t known = 1; known <= config::newest_format; ++known)
    if (found == Json(known)) return known;
  throw RequestError(file + ": was written by " + writer_text(writer) + " in " +
                     (found.is_null() ? "a format that it does not name" : "format " + config::describe_value(found)) +
                     "; " + reader_text());
}

bool has_runs(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::directory_iterator(folder / "runs", error) != std::filesystem::directory_iterator();
}

/// Versions before 6fd574e named runs by fewer fields, and no file says by which.
void check_fields(const Json& writer, const std::filesystem::path& file) {
  if (text_or(writer, "fields", fields_of_format_1) == fields_of_format_1 || !has_runs(file.parent_path())) return;
  throw RequestError(
      file.string() +
      ": its runs are named by the fields of another version, so none would be found: it was written by " +
      writer_text(writer) + ", " + reader_text());
}

/// Steps, candidates and overrides stand there as their file gave them: whether all that they set is known here.
void check_edits(const Experiment& experiment, const std::string& source) {
  config::Configuration tried = experiment.base;
  const auto set = [&](const std::string& pointer, const Json& value) {
    config::set_field(tried, pointer, value, source, model_reader());
  };
  for (const config::StepOptions& step : experiment.steps)
    within_step(experiment, step.name, [&] {
      for (const auto& [pointer, value] : step.set.items()) set(pointer, value);
    });
  for (const config::CandidateOptions& candidate : experiment.options.candidates) set("/model", candidate.model);
  for (const auto& [pointer, value] : experiment.options.override_fields.items()) set(pointer, value);
  for (const config::ContextOptions& context : experiment.options.contexts)
    for (const auto& [pointer, value] : context.set.items()) set(pointer, value);
}

}  // namespace

Json writer_json(int64_t format) {
  Json writer = {{"version", build_info().version}, {"revision", build_info().revision}, {"format", format}};
  if (format == 1) writer["fields"] = fields_of_format_1;
  return writer;
}

Json stored_content(const Experiment& experiment, const Json& beside, int64_t format) {
  Json content = write_experiment(experiment);
  content[writer_key] = writer_json(format);
  content.update(beside);
  return content;
}

StoredExperiment read_stored_experiment(const std::filesystem::path& file, const std::vector<std::string>& beside) {
  StoredExperiment stored{config::read_json_file(file), {}};
  if (!stored.content.is_object())
    config::detail::refuse(stored.content, {file.string(), ""}, "an experiment, which is an object");
  const Json writer = stored.content.value(writer_key, Json());
  stored.format = read_format(writer, file.string());
  stored.content.erase(writer_key);
  if (stored.content.contains("base")) stored.content["base"] = config::with_frozen_defaults(stored.content["base"]);
  Json plain = stored.content;
  for (const std::string& key : beside) plain.erase(key);
  try {
    stored.experiment = resolve_experiment(plain, file.string());
    check_edits(stored.experiment, file.string());
  } catch (const RequestError& error) {
    throw RequestError(std::string(error.what()) + "; the file was written by " + writer_text(writer) + ", " +
                       reader_text() + " with the fields of its own schema");
  }
  if (stored.format == 1) check_fields(writer, file);
  return stored;
}

}  // namespace staircase::experiment
