#pragma once

#include <filesystem>

#include "staircase/config/json.h"

namespace staircase::config {

/// Makes every path that an experiment's content says absolute, in its base, its overrides and its steps: a relative
/// one starts at `folder`. Passes over what has not the shape of an experiment: who reads it refuses it.
void make_paths_absolute(Json& content, const std::filesystem::path& folder);

/// The end of a sentence about an absolute path that leads nowhere: where its words, read from the current directory
/// and not from the folder of `source`, lead somewhere, it says so; else nothing. `pointer`: of the field.
std::string other_reading(const std::filesystem::path& missing, const std::string& source, const std::string& pointer);

}  // namespace staircase::config
