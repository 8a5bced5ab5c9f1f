#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "staircase/data/dataset.h"
#include "staircase/interop/model_file.h"

namespace staircase::apps {

/// The images that an evaluation is of.
struct EvalData {
  config::DataOptions options;                  ///< image size and normalization; how many images may be damaged
  std::shared_ptr<const data::Dataset> images;  ///< labels: outputs of the network
  std::vector<int64_t> classes;                 ///< outputs for which the data has a class, in the data's order
  int64_t channels = 3;
};

/// What --data and --part name: "objects" or "shapes", the built-in sets, as the weights were trained on; a JSON file
/// with the fields of a data set; a folder with the parts of a data set; or a folder of one of its parts, a folder of
/// images a class. The data may have some of the network's classes, told by name. `part`: empty is val, and all of a
/// folder without parts. `weights`: of the file, for messages. Warns of files that are left out.
/// Throws RequestError naming what is missing or a class that the network does not know.
EvalData open_eval_data(const std::string& data, const std::optional<std::string>& part,
                        const std::optional<int64_t>& image_size_px, const interop::ModelDescription& description,
                        const std::string& weights);

}  // namespace staircase::apps
