#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace staircase::data {

/// The folders of the parts of a data set.
struct PartNames {
  std::string train, val;
  std::string test;  ///< "": there is none
};

/// `there`: all folders in `folder`. Throws RequestError naming what is missing, what is there, and which of it is
/// likely meant: train or val missing, both val and validation.
PartNames find_parts(const std::filesystem::path& folder, const std::vector<std::string>& there);

}  // namespace staircase::data
