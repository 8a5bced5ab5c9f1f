#pragma once

#include <string>
#include <vector>

#include "help_page.h"
#include "staircase/config/json.h"

namespace staircase::apps {

/// What a shell offers in a place of the command line.
enum class Offer { nothing, folder, file, network, ladder, field, words };

/// What a place is called on the help page, "DIR" or "fp32|bf16", says what it takes.
struct Place {
  Offer offer = Offer::nothing;
  std::vector<std::string> words;  ///< of Offer::words
  bool repeats = false;            ///< "DIR...": every further word too
};
Place place_named(const std::string& name);

/// A field that --set takes, with its values where they can be listed.
struct FieldWords {
  std::string pointer;
  std::vector<std::string> values;
};

/// The values of a field that can be listed, of its JSON Schema; empty: they cannot.
std::vector<std::string> listed_values(const config::Json& schema);

/// MODEL: the networks that have a name, and the rungs of all ladders as LADDER/RUNG.
std::vector<std::string> network_words();
std::vector<std::string> ladder_words();
/// Every field of a configuration, its parts as a whole, and the experiment's own.
std::vector<FieldWords> field_words();

}  // namespace staircase::apps
