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

std::optional<ExportedAs> read_export_metadata(const std::map<std::string, std::string>& metadata,
                                               const std::string& file) {
  const auto network = metadata.find("config.json"), images = metadata.find("normalization.json");
  for (const auto& found : {network, images})
    if (found == metadata.end() || found->second.empty()) return std::nullopt;
  const config::Place place{file + ": config.json", ""};
  const config::Json content = config::parse_json(network->second, place.source);
  const config::Json prepared = config::parse_json(images->second, file + ": normalization.json");
  try {
    return ExportedAs{config::read_options<config::ModelOptions>(content.at("model"), place.at("model")),
                      content.at("data").at("image_size_px").get<int64_t>(), content.at("precision").get<std::string>(),
                      prepared.at("included").get<bool>()};
  } catch (const config::Json::exception&) {
    throw config::ConfigError(place, "is not what staircase export writes");
  }
}

}  // namespace staircase::interop
