#pragma once

#include <string>

#include "staircase/analysis/differences.h"

namespace staircase::analysis {

/// One field that a row, or a step, sets.
struct Change {
  std::string pointer;
  config::Json from, to;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "change";
  static constexpr auto fields() {
    using C = Change;
    return std::make_tuple(config::field("pointer", &C::pointer, ""), config::field("from", &C::from, ""),
                           config::field("to", &C::to, ""));
  }
};

std::vector<Change> changes_of(const std::vector<config::Difference>& differences);

enum class SeedStatus { done, failed, missing };

/// One run of a row.
struct SeedResult {
  int64_t seed = 0;
  std::string run;  ///< its folder under runs/
  SeedStatus status = SeedStatus::missing;
  config::Json numbers = config::Json::object();  ///< all that summary.json holds
  Given<double> images_per_second, latency_ms;
  Given<std::string> reason;  ///< why it failed

  /// A number of summary.json; empty: it has none of that name.
  std::optional<double> number(const std::string& name) const;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "seed";
  static constexpr auto fields() {
    using S = SeedResult;
    return std::make_tuple(config::field("seed", &S::seed, ""), config::field("run", &S::run, "its folder in runs/"),
                           config::field("status", &S::status, ""), config::field("", &S::numbers, "summary.json"),
                           config::field("images_per_second", &S::images_per_second, "in training"),
                           config::field("latency_ms", &S::latency_ms, "of one image"),
                           config::field("reason", &S::reason, "why it failed"));
  }
};

/// A row against the row that it is compared with, by pairs of equal seed.
struct Delta {
  std::optional<Difference> difference;
  std::string to;             ///< that row
  size_t to_index = 0;        ///< its place in the table
  bool is_effect = false;     ///< the same number is judged, and shown, as an effect of the design
  Given<double> paper_delta;  ///< the difference of the published numbers

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "delta";
  static constexpr auto fields() {
    using D = Delta;
    return std::make_tuple(config::field("delta", &D::difference, "by pairs of equal seed"),
                           config::field("delta_to", &D::to, "the row that it is taken to"),
                           config::field("paper_delta", &D::paper_delta, "of the published numbers"));
  }
};

/// Spreads under the names of their numbers.
using NamedSpreads = std::vector<std::pair<std::string, Spread>>;

/// A configuration with what its seeds reached.
struct Row {
  std::string name, group;
  bool side_branch = false;
  bool is_as_written = true;  ///< else it is of another context; not in results.json
  std::vector<Change> changes;
  std::string recipe;
  double drop_path_rate = 0;
  int64_t params = 0, macs = 0;
  std::string configuration;  ///< names its content
  std::vector<SeedResult> seeds;
  NamedSpreads numbers;
  Given<double> images_per_second;               ///< the mean over the seeds
  std::optional<double> latency_ms;              ///< the least of the seeds; empty: not measured
  Given<std::vector<int64_t>> latency_outliers;  ///< the seeds that took more than twice as long
  std::optional<double> paper_top1, paper_std;
  std::optional<Spread> score;           ///< of the number that rows are compared by
  bool at_chance = false;                ///< its mean does not pass what a network that has learned nothing reaches
  bool raw_at_chance = false;            ///< the same of the raw weights; not in results.json
  std::optional<Delta> delta;            ///< empty: the row is compared with none
  Given<std::vector<std::string>> cell;  ///< grid: the value on each axis

  /// The spread of a number; null: no seed has it.
  const Spread* spread(const std::string& number) const;
  /// That number of each seed that has it.
  SeedNumbers scores(const std::string& number) const;
  size_t count(SeedStatus status) const;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "row";
  static constexpr auto fields() {
    using R = Row;
    return std::make_tuple(
        config::field("name", &R::name, ""), config::field("group", &R::group, ""),
        config::field("side_branch", &R::side_branch, ""), config::field("changes", &R::changes, ""),
        config::field("recipe", &R::recipe, ""), config::field("drop_path_rate", &R::drop_path_rate, ""),
        config::field("params", &R::params, ""), config::field("macs", &R::macs, "of one image"),
        config::field("configuration", &R::configuration, ""), config::field("seeds", &R::seeds, "its runs"),
        config::field("", &R::numbers, "of each number of the task"),
        config::field("images_per_second", &R::images_per_second, ""), config::field("latency_ms", &R::latency_ms, ""),
        config::field("latency_outliers", &R::latency_outliers, "seeds"),
        config::field("paper_top1", &R::paper_top1, ""), config::field("paper_std", &R::paper_std, ""),
        config::field("score", &R::score, ""), config::field("at_chance", &R::at_chance, ""),
        config::field("", &R::delta, ""), config::field("cell", &R::cell, ""));
  }
};

}  // namespace staircase::analysis

namespace staircase::config {

template <>
inline constexpr std::array enum_names<analysis::SeedStatus>{std::string_view("done"), std::string_view("failed"),
                                                             std::string_view("missing")};

template <>
struct Codec<analysis::NamedSpreads> {
  static Json write(const analysis::NamedSpreads& spreads) {
    Json object = Json::object();
    for (const auto& [name, spread] : spreads) object[name] = Codec<analysis::Spread>::write(spread);
    return object;
  }
};

}  // namespace staircase::config
