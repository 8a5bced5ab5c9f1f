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

std::vector<Confusion> read_confusions(const fs::path& run_folder, bool of_average) {
  const fs::path file = run_folder / "per_class.json";
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  std::vector<Confusion> pairs;
  const config::Json content = config::read_json_file(file);
  try {
    const auto classes = static_cast<int64_t>(content.at("classes").size());
    const auto index = [&](const config::Json& value) {
      const auto found = value.get<int64_t>();
      if (found < 0 || found >= classes) throw RequestError(file.string() + ": is damaged: it names a class it lacks");
      return found;
    };
    for (const config::Json& each : content.value(of_average ? "confusion_ema" : "confusion", config::Json::array()))
      pairs.push_back({index(each.at("index")), index(each.at("predicted")), each.at("images").get<int64_t>()});
  } catch (const config::Json::exception&) {
    throw RequestError(file.string() + ": is damaged: its confusion is no list of index, predicted and images");
  }
  return pairs;
}

}  // namespace staircase::runs
