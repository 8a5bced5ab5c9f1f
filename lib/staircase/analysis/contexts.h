#pragma once

#include "staircase/analysis/effects.h"
#include "staircase/analysis/images.h"
#include "staircase/analysis/sequential.h"
#include "staircase/analysis/tuned.h"

namespace staircase::analysis {

/// Circumstances in which every row was trained.
struct Context {
  std::string name;
  std::vector<Change> changes;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "context";
  static constexpr auto fields() {
    using C = Context;
    return std::make_tuple(config::field("name", &C::name, ""), config::field("changes", &C::changes, ""));
  }
};

/// What a row is worth in each context.
struct AcrossContexts {
  std::string row, to;
  std::vector<Worth> worth;    ///< a context, judged with all rows of all contexts
  std::vector<Worth> changes;  ///< a context but the first: its worth there minus that as written, judged together

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "row across contexts";
  static constexpr auto fields() {
    using A = AcrossContexts;
    return std::make_tuple(config::field("row", &A::row, ""), config::field("to", &A::to, ""),
                           config::field("worth", &A::worth, "a context"),
                           config::field("changes", &A::changes, "worth in each other context minus as written"));
  }
};

/// Whether what is shown holds in other contexts.
struct Contexts {
  std::vector<Context> contexts;  ///< the first is the experiment as written
  std::vector<AcrossContexts> rows;
  Given<Tuned> tuned;

  static constexpr bool is_result = true;
  static constexpr std::string_view title = "contexts";
  static constexpr auto fields() {
    using C = Contexts;
    return std::make_tuple(config::field("contexts", &C::contexts, ""), config::field("across_contexts", &C::rows, ""),
                           config::field("tuned", &C::tuned, ""));
  }
};

/// `rows`: in the order of the design's variants, judged. Where the experiment adds seeds, the changes are judged at
/// its looks. A change that is made with a row at chance has no verdict.
/// Empty: the design has no contexts.
Given<Contexts> across_contexts(const experiment::DesignedExperiment& design, const config::ExperimentOptions& options,
                                const std::string& score, const Judging& judging, const ImagesOfRuns& images,
                                const std::vector<Row>& rows);

}  // namespace staircase::analysis
