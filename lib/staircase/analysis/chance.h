#pragma once

#include "staircase/analysis/result_fields.h"
#include "staircase/config/configuration.h"
#include "staircase/config/data_content.h"

namespace staircase::analysis {

/// What a network that has learned nothing reaches, top-1 in percent.
struct ChanceLevel {
  Given<double> chance;         ///< by guessing: 100 / classes
  Given<double> largest_class;  ///< by always naming the largest class of the validation images
  Given<int64_t> val_images;
  /// Scores up to here are at chance: the higher of the two and its sampling error, which only one of 20 networks that
  /// guess passes (binomial, one side). The images of one run count: seeds share them.
  Given<double> at_chance_up_to;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "chance";
  static constexpr auto fields() {
    using C = ChanceLevel;
    return std::make_tuple(
        config::field("chance", &C::chance, "percent, of guessing"),
        config::field("largest_class", &C::largest_class, "percent, its share of the validation images"),
        config::field("val_images", &C::val_images, ""),
        config::field("at_chance_up_to", &C::at_chance_up_to, "percent, sampling error included"));
  }
};

/// `data`: what is known of the configuration's data; null: nothing, or they are drawn. Where the validation images are
/// not known, guessing without a sampling error is all there is; without a number of classes, nothing.
ChanceLevel chance_level(const config::Configuration& configuration, const config::DataContent* data);

}  // namespace staircase::analysis
