#pragma once

#include "staircase/analysis/images.h"
#include "staircase/experiment/design.h"

namespace staircase::analysis {

/// What something is worth: in JSON the fields of a difference, the mean as "value"; {"value": null}: not known yet.
struct Worth {
  std::optional<Difference> difference;
};

/// What a step was worth.
struct Effect {
  std::string step, group;
  std::vector<Change> changes;
  Worth worth;
  Given<double> order_std_error;  ///< what the sampling of orders leaves uncertain; the interval includes it
  Given<std::vector<std::string>> at_chance{};  ///< those of its rows that are
  static constexpr bool is_result = true;
  static constexpr std::string_view title = "effect";
  static constexpr auto fields() {
    using E = Effect;
    return std::make_tuple(config::field("step", &E::step, ""), config::field("group", &E::group, ""),
                           config::field("changes", &E::changes, "against the base"), config::field("", &E::worth, ""),
                           config::field("order_std_error", &E::order_std_error, "of sampled orders"),
                           config::field("rows_at_chance", &E::at_chance, "that it is made of"));
  }
};

/// What two steps are worth together beyond what each is worth alone.
struct Interaction {
  std::string a, b;
  Worth worth;
  Given<std::string> reason;                    ///< why there is no such number: one of them requires the other
  Given<std::vector<std::string>> at_chance{};  ///< those of its four rows that are
  static constexpr bool is_result = true;
  static constexpr std::string_view title = "interaction";
  static constexpr auto fields() {
    using I = Interaction;
    return std::make_tuple(config::field("a", &I::a, ""), config::field("b", &I::b, ""),
                           config::field("", &I::worth, ""), config::field("reason", &I::reason, "without a value"),
                           config::field("rows_at_chance", &I::at_chance, "that it is made of"));
  }
};

/// How Shapley values were computed. They sum to the gain, which is of the full model over the base.
struct ShapleySum {
  bool exact = true;
  size_t orders = 0;  ///< that were sampled
  std::optional<Difference> gain;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "shapley";
  static constexpr auto fields() {
    using S = ShapleySum;
    return std::make_tuple(config::field("exact", &S::exact, ""), config::field("orders", &S::orders, ""),
                           config::field("gain", &S::gain, ""));
  }
};

/// What each step was worth, for designs that are about which steps are on.
struct Effects {
  /// one_at_a_time and pairwise: each step alone; leave_one_out: what the full model loses without it; shapley: its
  /// average over all orders.
  Given<std::vector<Effect>> effects;
  Given<std::vector<Interaction>> interactions;  ///< pairwise; a grid whose axes have two values
  Given<ShapleySum> shapley;
  Given<JudgedBy> effects_by, interactions_by;  ///< how each table was judged

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "effects";
  static constexpr auto fields() {
    using E = Effects;
    return std::make_tuple(
        config::field("effects", &E::effects, ""), config::field("interactions", &E::interactions, ""),
        config::field("shapley", &E::shapley, ""), config::field("interactions_judged_by", &E::interactions_by, ""));
  }
};

/// Each is computed seed by seed, over the seeds for which all runs it needs are done, then averaged; then the effects
/// are judged together (with the gain of shapley), and the interactions.
/// Of two rows at chance the verdict is "at chance"; of one and one that has learned it stands: one has learned and the
/// other has not. What is made of more rows (interactions, Shapley values) is at chance with the first row that is: no
/// score goes below chance, so that what such a row takes away or adds is cut off.
/// A row's delta that is the same number as an effect (or as the gain) takes its verdict from there; others are not
/// judged, since such a design asks for its effects. `rows`: in the order of the design's variants, with their deltas.
/// Of a grid whose axes have two values: the interactions alone, each with the other axes as in the base.
/// Of other designs: nothing. Where there are no effects, no delta is touched.
Effects add_effects(const experiment::DesignedExperiment& design, config::Design kind, const std::string& score,
                    const Judging& judging, const ImagesOfRuns& images, const std::vector<int64_t>& seeds,
                    std::vector<Row>& rows);

}  // namespace staircase::analysis

namespace staircase::config {

template <>
struct Codec<size_t> {
  static Json write(size_t value) { return value; }
};

template <>
struct Codec<analysis::Worth> {
  static Json write(const analysis::Worth& worth);
};

}  // namespace staircase::config
