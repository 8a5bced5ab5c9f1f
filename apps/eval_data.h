#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "staircase/data/dataset.h"
#include "staircase/interop/model_file.h"

namespace staircase::apps {

/// A class of the data that the network does not know.
struct UnknownClass {
  std::string name;
  int64_t images = 0;
};

/// The images that an evaluation is of.
struct EvalData {
  config::DataOptions options;                  ///< image size and normalization; how many images may be damaged
  std::shared_ptr<const data::Dataset> images;  ///< labels: outputs of the network
  std::vector<int64_t> classes;                 ///< outputs for which the data has a class, in the data's order
  std::vector<UnknownClass> left_out;           ///< whose images are not among them
  int64_t channels = 3;
};

/// What an evaluation is asked for, beside the weights.
struct EvalRequest {
  std::string data;                      ///< --data
  std::optional<std::string> part;       ///< --part; empty: val, and all of a folder without parts
  std::optional<int64_t> image_size_px;  ///< empty: the weights'
  bool known_classes_only = false;       ///< leave out images of classes that the network does not know
};

/// What --data and --part name: "objects" or "shapes", the built-in sets, as the weights were trained on; a JSON file
/// with the fields of a data set; a folder with the parts of a data set; or a folder of one of its parts, a folder of
/// images a class. The data may have some of the network's classes, told by name. `weights`: their file, for messages.
/// Warns of files that are left out. Throws RequestError naming what is missing or a class that the network does not
/// know.
EvalData open_eval_data(const EvalRequest& request, const interop::ModelDescription& description,
                        const std::string& weights);

}  // namespace staircase::apps
