#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace staircase::runs {

/// What was found in the data of an experiment before they were trained on, in sentences: data_findings.json of its
/// folder, {"notes": [...], "warnings": [...]}.
struct DataFindings {
  std::vector<std::string> notes, warnings;
};

/// Throws std::runtime_error naming the path.
void write_data_findings(const std::filesystem::path& folder, const DataFindings& findings);

/// Empty where the file is missing, as in folders of earlier versions, or damaged.
std::optional<DataFindings> read_data_findings(const std::filesystem::path& folder);

}  // namespace staircase::runs
