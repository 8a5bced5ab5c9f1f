#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/config/json.h"
#include "staircase/config/model_options.h"

namespace staircase::plan {

/// One edit of a ladder: the pointers it sets (one, unless it is a bundle) and what is known of it.
struct LadderStep {
  std::string name;
  config::Json set;                  ///< {"/model/kernel_size": 7}
  std::string group;                 ///< recipe, macro, ResNeXt, large kernel, attention, micro, ...
  std::optional<double> paper_top1;  ///< ImageNet-1K, percent, mean of 3 seeds where paper_std is there
  std::optional<double> paper_std;
  bool side_branch = false;  ///< tried here, not carried on to the next step
  std::string bundle;        ///< why it sets several fields; empty for a single edit
};

/// A named walk from one network to another, one edit at a time. Data, not code.
struct Ladder {
  std::string name;
  config::ModelOptions base;
  std::string base_recipe;
  double drop_path_rate = 0.0;    ///< the same for every rung under the modern recipe
  std::vector<LadderStep> steps;  ///< the first is the base itself and sets nothing
};

/// Where one is after a step.
struct Rung {
  LadderStep step;
  config::ModelOptions model;
  config::Json from;  ///< what the step's pointers held before; "/recipe" by name
};

/// resnet50-convnext_tiny and resnet200-convnext_base (Liu et al. 2022, arXiv:2201.03545, Figure 2 and Tables 10 and
/// 11), and those of backbone_ladders.cpp.
const std::vector<Ladder>& ladders();

/// Throws config::ConfigError at `place` with the nearest known name.
const Ladder& find_ladder(const std::string& name, const config::Place& place);

/// Every rung of a ladder with its network, side branches included.
std::vector<Rung> climb(const Ladder& ladder);

}  // namespace staircase::plan
