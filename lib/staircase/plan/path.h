#pragma once

#include <string>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/config/model_options.h"
#include "staircase/plan/plan.h"

namespace staircase::plan {

/// Whether two networks are one: equal plans and initialization. Fields that mean nothing to them may differ.
bool same_network(const ModelOptions& a, const ModelOptions& b);

/// One edit of a path: "/model/spatial" from "dense" to "depthwise", and where one is then.
struct PathStep {
  std::string pointer;
  config::Json from, to;
  ModelOptions model;
  ModelCounts counts;  ///< at 224 px
};

/// A walk between two networks in single edits: each gives a network that can be built and is another than the one
/// before it.
struct NetworkPath {
  ModelOptions start;  ///< the first network; fields that mean nothing to it are those of the last
  ModelCounts start_counts;
  std::vector<PathStep> steps;  ///< none: they are the same network
};

enum class PathOrder {
  fields,  ///< in the order of the field list
  macs,    ///< so that on the way multiply-accumulates leave the range between both ends as little as can be
};

/// Throws RequestError where single edits do not lead from one to the other.
NetworkPath find_path(const ModelOptions& from, const ModelOptions& to, PathOrder order = PathOrder::fields);

}  // namespace staircase::plan
