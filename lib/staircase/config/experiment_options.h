#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/config/context_options.h"
#include "staircase/config/until_options.h"

namespace staircase::config {

enum class ExperimentKind { single, ablation, comparison };
enum class Design { cumulative, one_at_a_time, grid, leave_one_out, pairwise, shapley };
/// The weights whose numbers rows are compared by: their moving average, or the weights as trained.
enum class Score { ema, raw };
/// How differences are judged (analysis/moderated.h): by the spread of their own seeds and that of their whole table, or
/// by their own alone.
enum class Statistics { moderated, paired_t };
template <>
inline constexpr std::array enum_names<ExperimentKind>{std::string_view("single"), std::string_view("ablation"),
                                                       std::string_view("comparison")};
template <>
inline constexpr std::array enum_names<Design>{std::string_view("cumulative"), std::string_view("one_at_a_time"),
                                               std::string_view("grid"),       std::string_view("leave_one_out"),
                                               std::string_view("pairwise"),   std::string_view("shapley")};
template <>
inline constexpr std::array enum_names<Score>{std::string_view("ema"), std::string_view("raw")};
template <>
inline constexpr std::array enum_names<Statistics>{std::string_view("moderated"), std::string_view("paired_t")};

/// One edit of a configuration.
struct StepOptions {
  std::string name;
  Json set = Json::object();
  std::string bundle;
  std::string group;
  std::vector<std::string> required_steps;
  bool side_branch = false;
  std::optional<double> paper_top1, paper_std;

  bool operator==(const StepOptions&) const = default;
  static constexpr std::string_view title = "step";
  static constexpr auto fields() {
    using S = StepOptions;
    return std::make_tuple(
        field("name", &S::name, "of the row in the table"),
        field("set", &S::set, "pointer to value, one field; empty only in a first step, which then names the base"),
        field("bundle", &S::bundle, "why the step sets several fields; empty: it sets one"),
        field("group", &S::group, "steps of one group share a subtotal"),
        field("requires", &S::required_steps, "steps that must be there before this one, by name"),
        field("side_branch", &S::side_branch, "cumulative: tried here, not carried on"),
        field("paper_top1", &S::paper_top1, "a published top-1 shown beside ours, percent", range(0, 100)),
        field("paper_std", &S::paper_std, "its standard deviation", range(0, 100)));
  }
};

/// One network of a comparison.
struct CandidateOptions {
  std::string name;
  Json model = Json::object();

  bool operator==(const CandidateOptions&) const = default;
  static constexpr std::string_view title = "candidate";
  static constexpr auto fields() {
    using C = CandidateOptions;
    return std::make_tuple(field("name", &C::name, "of the row in the table"),
                           field("model", &C::model, "a model: a name, or an object that may start \"from\" one"));
  }
};

/// An experiment as its file says it, before names are resolved.
struct ExperimentOptions {
  std::string schema;
  std::string name;
  std::string description;
  ExperimentKind kind = ExperimentKind::single;
  std::string extends;
  std::string ladder;
  Json base = Json::object();
  std::vector<StepOptions> steps;
  std::vector<CandidateOptions> candidates;
  std::vector<ContextOptions> contexts;
  Design design = Design::cumulative;
  int64_t max_configurations = 64;
  int64_t orders = 0;
  int64_t order_seed = 0;
  std::vector<int64_t> seeds{0};
  std::optional<UntilOptions> until;
  Score score = Score::ema;
  Statistics statistics = Statistics::moderated;
  Json override_fields = Json::object();
  int64_t threads = 0;
  int64_t loader_workers = 0;
  double checkpoint_minutes = 10.0;

  static constexpr std::string_view title = "experiment";
  static constexpr auto fields() {
    using E = ExperimentOptions;
    return std::make_tuple(
        field("$schema", &E::schema, "for editors; not read"),
        field("name", &E::name, "of the experiment: letters, digits, '.', '_' and '-'"),
        field("description", &E::description, "what the experiment asks, for readers of its report"),
        field("kind", &E::kind, "one configuration, steps from a base, or networks under one recipe"),
        field("extends", &E::extends, "another file that this one merges over"),
        field("ladder", &E::ladder, "a ladder that gives base and steps; a step of the same name takes its place"),
        field("base", &E::base, "the configuration {model, recipe, data, init} that the steps start from"),
        field("steps", &E::steps, "ablation: the edits, in order"),
        field("candidates", &E::candidates, "comparison: the networks"),
        field("contexts", &E::contexts, "other circumstances in which every row is trained as well"),
        field(
            "design", &E::design,
            "ablation: each step on top of those before, each alone, all combinations, each removed from the full model, all pairs, or each averaged over all orders"),
        field("max_configurations", &E::max_configurations,
              "design grid, pairwise and shapley: the most configurations that it may train, each with every seed",
              range(2, 100000)),
        field(
            "orders", &E::orders,
            "design shapley: orders of the steps to sample where all combinations are more than max_configurations; 0: as many as fit",
            range(0, 10000)),
        field("order_seed", &E::order_seed, "design shapley: decides which orders are sampled",
              range(0, 9007199254740992.0)),
        field("seeds", &E::seeds, "every configuration is trained once with each",
              range(0, 9007199254740992.0).items(1, 1000)),
        field("until", &E::until, "adds seeds, round by round, until every difference is decided; null: adds none"),
        field(
            "score", &E::score,
            "the weights that rows are compared by: their moving average, as in published results (raw where a recipe has none), or the raw ones, for runs too short for an average"),
        field(
            "statistics", &E::statistics,
            "how differences are judged: by the spread of their own seeds and that of their whole table, since two or three seeds know little of their spread, or by Student's t of their own seeds alone, which holds also where one row is far less stable than all others"),
        field("override", &E::override_fields, "pointer to value, set in every configuration after its step"),
        field("threads", &E::threads, "of LibTorch, decides the last digits of results; 0: all cores, kept on resume",
              range(0, 1024)),
        field("loader_workers", &E::loader_workers,
              "threads that decode images; decides nothing but speed; 0: all cores", range(0, 1024)),
        field("checkpoint_minutes", &E::checkpoint_minutes, "between checkpoints inside an epoch",
              range(0.001, 100000)));
  }
};

}  // namespace staircase::config
