#pragma once

#include <array>
#include <string>
#include <string_view>

#include "staircase/config/configuration.h"

namespace staircase::config {

/// The rules by which folders of results name their runs. A folder keeps the one that it began with:
/// experiment.json says its number.
/// 1: all fields of that time, with the path of the data.
/// 2: the fields that differ from frozen_defaults(), and what the data are, wherever they lie.
inline constexpr int64_t newest_format = 2;

/// A field that decides no result, and so is no part of a name: where the data lie, and what costs time for memory.
struct UndecidingField {
  std::string_view part, field;
};
inline constexpr std::array undeciding_fields{UndecidingField{"data", "path"},
                                              UndecidingField{"recipe", "checkpoint_activations"},
                                              UndecidingField{"recipe", "shard_optimizer"}};

/// The same of a pointer: "/recipe/shard_optimizer".
bool decides_nothing(std::string_view pointer);

/// The recipe with frozen defaults in place of what decides no result, as files say it that are to be equal.
RecipeOptions deciding_recipe(RecipeOptions recipe);

/// What every field meant while nobody set it: the reference of names, and what a field means that an older
/// folder lacks. Frozen: names and old folders live by it, so
/// - who adds a field adds it to the later ones in naming.cpp, with the value that means what the program did
///   before. Then no folder's name changes, and the test that holds the table passes again;
/// - who changes a default in an option struct changes nothing here: from then on a run with the new value is
///   named by it, and one with the old value keeps its name;
/// - a field that is here never goes away, nor gets another meaning or type. Where that cannot be helped, a new
///   format begins with a table of its own, and this one stays for the folders that have it.
const Configuration& frozen_defaults();

/// The same as JSON, written out, as it was frozen; without a field that it lacks and that therefore counts
/// with the default of its option struct.
const Json& frozen_default_fields();

/// Names a configuration by a folder's rule: 16 hexadecimal digits. `data`: of format 2, the fingerprint of the
/// configuration's data; empty for data that the configuration describes whole, or to name the
/// configuration alone. Throws std::invalid_argument for another format.
std::string content_name(const Configuration& configuration, int64_t format = newest_format,
                         const std::string& data = {});

/// A configuration as some version wrote it, with the frozen default of every field that it lacks. Without a model
/// it stays without: that of a comparison has none.
Json with_frozen_defaults(Json configuration);

}  // namespace staircase::config
