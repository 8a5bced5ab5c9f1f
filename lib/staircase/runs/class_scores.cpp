#include "staircase/runs/class_scores.h"

#include "staircase/base/errors.h"
#include "staircase/config/json.h"

namespace staircase::runs {
namespace fs = std::filesystem;
namespace {

using config::Json;

ClassScore read_score(const Json& content) {
  ClassScore score{content.at("class").get<std::string>(), content.at("images").get<int64_t>(),
                   content.at("top1").get<double>(), std::nullopt};
  if (content.contains("top1_ema")) score.top1_ema = content.at("top1_ema").get<double>();
  return score;
}

/// The pairs under a key, none without it. Throws Json::exception where it holds something else.
std::vector<Confusion> read_pairs(const Json& content, const char* key) {
  std::vector<Confusion> pairs;
  if (!content.contains(key)) return pairs;
  for (const Json& each : content.at(key))
    pairs.push_back({each.at(0).get<int64_t>(), each.at(1).get<int64_t>(), each.at(2).get<int64_t>()});
  return pairs;
}

void require_class(const Confusion& pair, size_t classes, const fs::path& file) {
  const auto is_class = [&](int64_t index) { return index >= 0 && index < static_cast<int64_t>(classes); };
  if (!is_class(pair.label) || !is_class(pair.predicted))
    throw RequestError(file.string() + ": is damaged: its confusion names a class that it lacks");
}

}  // namespace

ClassEvaluation read_class_evaluation(const fs::path& run_folder) {
  const fs::path file = run_folder / "per_class.json";
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  ClassEvaluation evaluation;
  const Json content = config::read_json_file(file);
  try {
    for (const Json& each : content.at("classes")) evaluation.scores.push_back(read_score(each));
  } catch (const Json::exception&) {
    throw RequestError(file.string() + ": is damaged: it does not hold a list of classes with images and top1");
  }
  try {
    evaluation.confusion = read_pairs(content, "confusion");
    evaluation.confusion_ema = read_pairs(content, "confusion_ema");
  } catch (const Json::exception&) {
    throw RequestError(file.string() + ": is damaged: its confusion is no list of [class, predicted class, images]");
  }
  for (const auto* pairs : {&evaluation.confusion, &evaluation.confusion_ema})
    for (const Confusion& each : *pairs) require_class(each, evaluation.scores.size(), file);
  return evaluation;
}

std::vector<ClassScore> read_class_scores(const fs::path& run_folder) {
  return read_class_evaluation(run_folder).scores;
}

}  // namespace staircase::runs
