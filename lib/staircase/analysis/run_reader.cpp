#include "staircase/analysis/run_reader.h"

namespace staircase::analysis {

SeedResult RunReader::read(const runs::RunKey& run) {
  const std::string name = ledger_.run_name(run);
  const auto [found, is_new] = read_.try_emplace(name);
  if (is_new) found->second = read_new(run.seed, name);
  return found->second;
}

SeedResult RunReader::read_new(int64_t seed, const std::string& name) {
  const std::filesystem::path& folder = ledger_.folder_of(name);
  SeedResult result;
  result.seed = seed;
  result.run = name;
  ++results_.runs;
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder / "runs" / name, ignored)) return result;
  RunLog log{results_.rows.size(),
             seed,
             name,
             runs::read_timing(folder, name),
             runs::read_curve(folder, name, results_.curve_names()),
             runs::read_run_config(folder, name)};
  for (const auto& warnings : {log.curve.warnings, log.timing.warnings})
    results_.warnings.insert(results_.warnings.end(), warnings.begin(), warnings.end());
  if (!log.config.damage.empty()) results_.warnings.push_back(log.config.damage);
  runs::RunSummary summary = runs::read_summary(folder, name);
  if (!summary.damage.empty()) results_.warnings.push_back(summary.damage);
  if (summary.numbers) {
    result.status = SeedStatus::done;
    result.numbers = std::move(*summary.numbers);
    if (const auto rate = log.timing.images_per_second()) result.images_per_second = *rate;
    if (log.timing.latency_ms) result.latency_ms = *log.timing.latency_ms;
    ++results_.done;
  } else if (auto reason = runs::read_failure(folder, name)) {
    result.status = SeedStatus::failed;
    result.reason = std::move(*reason);
    ++results_.failed;
  }
  results_.logs.push_back(std::move(log));
  return result;
}

}  // namespace staircase::analysis
