#include "staircase/execution/initial_weights.h"

#include <map>

#include "staircase/base/text.h"
#include "staircase/config/paths.h"
#include "staircase/formats/weights_file.h"
#include "staircase/runs/run_weights.h"

namespace staircase::execution {
namespace fs = std::filesystem;

namespace {

std::string find_weights(const std::string& word, const std::string& source) {
  try {
    return runs::find_weights(word).string();
  } catch (const RequestError& error) {
    throw config::ConfigError({source, "/init/weights"}, error.what());
  }
}

/// `fields`: an object that may name weights under the key.
void find_weights(config::Json& fields, const std::string& key, const std::string& source) {
  if (!fields.is_object()) return;
  const auto word = fields.find(key);
  if (word != fields.end() && word->is_string()) *word = find_weights(word->get<std::string>(), source);
}

/// `edits`: pointer to value, where a value may be the part as a whole.
void find_weights_of_edits(config::Json& edits, const std::string& source) {
  find_weights(edits, "/init/weights", source);
  if (edits.is_object() && edits.contains("/init")) find_weights(edits["/init"], "weights", source);
}

}  // namespace

experiment::Experiment with_runs_found(experiment::Experiment experiment) {
  const std::string& source = experiment.source;
  experiment.base.init.weights = find_weights(experiment.base.init.weights, source);
  find_weights_of_edits(experiment.options.override_fields, source);
  for (config::StepOptions& step : experiment.steps)
    experiment::within_step(experiment, step.name, [&] { find_weights_of_edits(step.set, source); });
  for (config::ContextOptions& context : experiment.options.contexts) find_weights_of_edits(context.set, source);
  return experiment;
}

void check_weights_exist(const config::InitOptions& init, const std::string& source) {
  std::error_code error;
  if (init.weights.empty() || fs::exists(init.weights, error)) return;
  throw config::ConfigError(
      {source, "/init/weights"},
      "\"" + init.weights + "\" does not exist" + config::other_reading(init.weights, source, "/init/weights"));
}

std::string initial_weights_checksum(const config::InitOptions& init) {
  return init.weights.empty() ? std::string() : hexadecimal(formats::file_crc32(init.weights), 8);
}

void check_initial_weights(const runs::Ledger& ledger, const std::vector<runs::RunKey>& runs) {
  std::map<std::string, std::string> checksums;  // of each file once: they may be large
  for (const runs::RunKey& run : runs) {
    const config::InitOptions& init = run.configuration.init;
    const fs::path config = ledger.run_folder(run) / "config.json";
    if (init.weights.empty() || !fs::exists(config)) continue;
    const std::string then = config::read_json_file(config).value("initial_weights_crc32", std::string());
    if (then.empty()) continue;
    std::string& now = checksums[init.weights];
    if (now.empty()) now = initial_weights_checksum(init);
    if (then != now)
      throw RequestError(init.weights + ": its content changed since the run in " + config.parent_path().string() +
                         " started from it; use another --out");
  }
}

}  // namespace staircase::execution
