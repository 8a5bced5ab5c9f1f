#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace staircase::runs {

/// The word that names a run in commands: "runs/my:gelu@0".
std::string run_word(const std::filesystem::path& folder, const std::string& row, int64_t seed);

/// The weights file that a word of the command line names: a path as it is, or a run by its row and seed,
/// DIR:ROW@SEED ("runs/my:gelu@0"), where DIR is the folder of an experiment. Of a run it is weights.safetensors,
/// which holds the averaged weights where the recipe has an average; DIR:ROW@SEED:raw is the file with the raw ones.
/// Throws RequestError naming the word, and the row or seed that the folder has, when there is no such run or it is
/// not done; and with the name of a run for the folder of an experiment alone, or one with a part of such a name.
std::filesystem::path find_weights(const std::string& word);

/// The same for what says how the run is trained: its config.json, of any run that has begun.
std::filesystem::path find_config(const std::string& word);

}  // namespace staircase::runs
