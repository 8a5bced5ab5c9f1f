#include "staircase/interop/export_metadata.h"

#include "staircase/base/build_info.h"

namespace staircase::interop {

std::map<std::string, std::string> export_metadata(const ModelDescription& description, std::string_view precision,
                                                   bool include_preprocessing) {
  const config::Json config = {{"model", config::write_options(description.model)},
                               {"data", config::write_options(description.data)},
                               {"recipe", config::write_options(description.recipe)},
                               {"precision", precision}};
  const config::Json normalization = {{"mean", description.data.mean},
                                      {"std", description.data.std},
                                      {"image_size_px", description.data.image_size_px},
                                      {"eval_crop_ratio", description.recipe.eval_crop_ratio},
                                      {"included", include_preprocessing}};
  const config::Json classes = description.class_names;
  return {{"config.json", config.dump(2)},
          {"classes.json", classes.dump(2)},
          {"normalization.json", normalization.dump(2)},
          {"revision.txt", build_info().version + " " + build_info().revision}};
}

}  // namespace staircase::interop
