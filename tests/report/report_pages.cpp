// Writes one page of each kind of report, from numbers of a formula, for tests/report_in_browser.sh.
//   report_pages FOLDER
#include <iostream>

#include "experiment/sample_experiment.h"
#include "staircase/report/folder.h"
#include "staircase/report/report_data.h"
#include "staircase/report/report_html.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::experiment;
using namespace staircase::runs;
using namespace staircase::analysis;
using namespace staircase::report;

namespace {

/// The paper's walk, stretched from `start`.
tests::SampleScore stretched(double start, double factor) {
  return [=](const experiment::Variant& variant, size_t index, int64_t seed) {
    return start + factor * (variant.paper_top1.value_or(76) - 76) + tests::sample_noise(index, seed);
  };
}

void write_pages(const std::filesystem::path& pages) {
  const tests::TemporaryFolder work;
  const auto page = [&](const std::string& name, const std::vector<report::ReportData>& experiments) {
    write_file_atomically(pages / (name + ".html"), report::report_html(experiments));
  };
  const auto read = [&](const std::string& name) { return report::read_experiments({work / name}); };
  tests::write_sample(work / "three_seeds", tests::sample_ladder("ladder", "[0, 1, 2]"), stretched(40, 4));
  tests::write_sample(work / "one_seed", tests::sample_ladder("ladder-one-seed", "[0]"), stretched(75.5, 0.9));
  tests::write_sample(work / "grid", tests::sample_grid(), [](const experiment::Variant&, size_t index, int64_t seed) {
    return 50 - 3.0 * static_cast<double>(index) + tests::sample_noise(index, seed);
  });
  for (const char* name : {"three_seeds", "one_seed", "grid"}) page(name, read(name));
  page("side_by_side", report::read_experiments({work / "three_seeds", work / "one_seed"}));

  analysis::Results results = read("one_seed")[0].results;
  tests::add_sample_effects(results);
  results.warnings = {"runs/x/metrics.jsonl: line 3 is damaged and was left out"};
  page("interactions", {report::report_data(work / "one_seed", results)});

  std::filesystem::remove_all(work / "one_seed/runs");
  page("nothing_done", read("one_seed"));
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "usage: report_pages FOLDER\n";
    return 2;
  }
  try {
    make_folder(words[1]);
    write_pages(words[1]);
  } catch (const std::exception& error) {
    std::cerr << "report_pages: " << error.what() << "\n";
    return 1;
  }
  return 0;
}
