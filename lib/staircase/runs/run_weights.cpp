#include "staircase/runs/run_weights.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "staircase/base/errors.h"
#include "staircase/base/text.h"
#include "staircase/runs/ledger.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

const std::string raw_suffix = ":raw";

/// The parts of DIR:ROW@SEED[:raw].
struct RunWord {
  std::string folder, row;
  int64_t seed = 0;
  bool raw = false;
};

/// Empty: the word is not of this form.
std::optional<RunWord> parse(std::string word) {
  RunWord parts;
  parts.raw = word.ends_with(raw_suffix);
  if (parts.raw) word.resize(word.size() - raw_suffix.size());
  const size_t at = word.rfind('@'), colon = word.rfind(':', at);
  if (at == std::string::npos || colon == std::string::npos || colon == 0 || at == colon + 1) return std::nullopt;
  parts.folder = word.substr(0, colon);
  parts.row = word.substr(colon + 1, at - colon - 1);
  const char *first = word.data() + at + 1, *end = word.data() + word.size();
  const auto [last, error] = std::from_chars(first, end, parts.seed);
  if (error != std::errc() || last != end) return std::nullopt;
  return parts;
}

RunKey find_run(const experiment::DesignedExperiment& design, const std::vector<int64_t>& seeds, const RunWord& wanted,
                const std::string& word) {
  std::vector<std::string> names, known_seeds;
  for (const int64_t seed : seeds) known_seeds.push_back(std::to_string(seed));
  if (std::find(seeds.begin(), seeds.end(), wanted.seed) == seeds.end())
    throw RequestError(word + ": " + wanted.folder + " has no seed " + std::to_string(wanted.seed) + ", it has " +
                       join(known_seeds));
  for (const experiment::Variant& variant : design.variants) {
    if (variant.name == wanted.row) return {variant.configuration, wanted.seed, variant.name};
    names.push_back(variant.name);
  }
  const std::string hint = did_you_mean(wanted.row, names);
  throw RequestError(word + ": " + wanted.folder + " has no row \"" + wanted.row + "\"" +
                     (hint.empty() ? ", it has " + join(names) : hint));
}

struct FoundRun {
  Ledger ledger;
  RunKey run;
};

FoundRun find_run(const RunWord& wanted, const std::string& word) {
  Ledger ledger(wanted.folder);
  const auto [experiment, shape] = ledger.read_experiment_file();
  const auto design = design_with(experiment, shape);
  RunKey run = find_run(design, experiment.options.seeds, wanted, word);
  return {std::move(ledger), std::move(run)};
}

/// Refuses what names the folder of an experiment, but none of its runs.
void refuse_folder_alone(const std::string& word) {
  std::error_code error;
  size_t end = word.size();
  if (!fs::exists(word, error)) end = std::min(word.rfind(word.find(':') == std::string::npos ? '@' : ':'), end);
  const std::string folder = word.substr(0, end);
  if (!fs::is_directory(folder, error) || !Ledger(folder).exists()) return;
  const auto [experiment, shape] = Ledger(folder).read_experiment_file();
  const auto design = design_with(experiment, shape);
  throw RequestError(word + ": " + (end == word.size() ? "is a folder, not weights" : "names no run") +
                     "; a run is named DIR:ROW@SEED, for example " +
                     run_word(folder, design.variants.at(0).name, experiment.options.seeds.at(0)));
}

}  // namespace

std::string run_word(const fs::path& folder, const std::string& row, int64_t seed) {
  std::string place = folder.string();
  while (place.size() > 1 && place.back() == '/') place.pop_back();  // as a shell completes it
  return place + ":" + row + "@" + std::to_string(seed);
}

fs::path find_weights(const std::string& word) {
  std::error_code error;
  const auto wanted = parse(word);
  if (!wanted || fs::exists(word, error)) {
    refuse_folder_alone(word);
    return word;
  }
  const auto [ledger, run] = find_run(*wanted, word);
  if (!ledger.is_done(run))
    throw RequestError(word + ": this run is not done; staircase status " + wanted->folder + " tells where it stands");
  const bool averaged = run.configuration.recipe.ema_decay > 0;
  return ledger.run_folder(run) / (wanted->raw && averaged ? "weights_raw.safetensors" : "weights.safetensors");
}

fs::path find_config(const std::string& word) {
  std::error_code error;
  const auto wanted = parse(word);
  if (!wanted || fs::exists(word, error)) return word;
  const auto [ledger, run] = find_run(*wanted, word);
  const fs::path config = ledger.run_folder(run) / "config.json";
  if (!fs::exists(config, error))
    throw RequestError(word + ": this run has not begun; staircase status " + wanted->folder +
                       " tells where it stands");
  return config;
}

}  // namespace staircase::runs
