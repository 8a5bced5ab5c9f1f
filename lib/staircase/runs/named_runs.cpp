#include "staircase/runs/named_runs.h"

#include <unordered_set>

namespace staircase::runs {

std::string name_of(const RunKey& run) { return run.name(); }

std::vector<NamedRun> named_runs(const experiment::DesignedExperiment& design, const std::vector<int64_t>& seeds) {
  std::vector<NamedRun> runs;
  std::unordered_set<std::string> seen;
  for (int64_t seed : seeds)
    for (const experiment::Variant& variant : design.variants) {
      RunKey key{variant.configuration, seed, variant.name};
      std::string name = name_of(key);
      if (seen.insert(name).second) runs.push_back({std::move(key), std::move(name)});
    }
  return runs;
}

std::string run_word(const std::filesystem::path& folder, const std::string& row, int64_t seed) {
  std::string place = folder.string();
  while (place.size() > 1 && place.back() == '/') place.pop_back();  // as a shell completes it
  return place + ":" + row + "@" + std::to_string(seed);
}

}  // namespace staircase::runs
