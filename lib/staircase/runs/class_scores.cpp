#include "staircase/runs/class_scores.h"

#include "staircase/base/errors.h"
#include "staircase/config/json.h"

namespace staircase::runs {
namespace fs = std::filesystem;

std::vector<ClassScore> read_class_scores(const fs::path& run_folder) {
  const fs::path file = run_folder / "per_class.json";
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  std::vector<ClassScore> scores;
  const config::Json content = config::read_json_file(file);
  try {
    for (const config::Json& each : content.at("classes")) {
      ClassScore score{each.at("class").get<std::string>(), each.at("images").get<int64_t>(),
                       each.at("top1").get<double>(), std::nullopt};
      if (each.contains("top1_ema")) score.top1_ema = each.at("top1_ema").get<double>();
      scores.push_back(score);
    }
  } catch (const config::Json::exception&) {
    throw RequestError(file.string() + ": is damaged: it does not hold a list of classes with images and top1");
  }
  return scores;
}

}  // namespace staircase::runs
