#include "staircase/train/start_report.h"

#include <algorithm>
#include <cstdio>

#include "staircase/base/text.h"
#include "staircase/train/layer_groups.h"

namespace staircase::train {
namespace {

using config::Json;

/// "stem", "stage 1" to "stage 4", "head".
std::string part_of(const std::string& parameter) {
  const std::string word = "stages.";
  if (parameter.starts_with("head.")) return "head";
  const size_t at = parameter.find(word);
  return at == std::string::npos ? "stem"
                                 : "stage " + std::to_string(std::stoi(parameter.substr(at + word.size())) + 1);
}

std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", rate);
  return text;
}

std::string rates_text(const Json& parts) {
  std::vector<std::string> texts;
  for (const Json& each : parts) {
    const std::string low = rate_text(each.at("lowest")), high = rate_text(each.at("highest"));
    texts.push_back(each.at("part").get<std::string>() + " " + (low == high ? low : low + " to " + high));
  }
  return join(texts);
}

/// Which head the network starts with, up to the number of its classes.
std::string head_text(const Json& report) {
  if (report.at("final_norm") == "fresh")
    return "pretrained by masked autoencoding (the decoder's " +
           grouped_digits(report.at("decoder_tensors").get<int64_t>()) +
           " are left out), a fresh final norm and head for ";
  return report.at("head") == "fresh" ? "a fresh head for " : "the file's head, kept, for ";
}

}  // namespace

Json start_report(const TrainJob& job, const nn::Classifier& model, const LoadedWeights& loaded) {
  const config::Configuration& c = job.configuration;
  int64_t all = 0, frozen = 0;
  Json parts = Json::array();
  for (const auto& item : model.named_parameters()) {
    all += item.value().numel();
    if (!item.value().requires_grad()) {
      frozen += item.value().numel();
      continue;
    }
    const double rate = c.recipe.learning_rate * layer_rate(item.key(), model.options(), c.recipe);
    const std::string part = part_of(item.key());
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const Json& each) { return each["part"] == part; });
    if (found == parts.end()) {
      parts.push_back({{"part", part}, {"lowest", rate}, {"highest", rate}});
    } else {
      (*found)["lowest"] = std::min((*found)["lowest"].get<double>(), rate);
      (*found)["highest"] = std::max((*found)["highest"].get<double>(), rate);
    }
  }
  return {{"weights", c.init.weights},
          {"tensors", loaded.tensors},
          {"of_tensors", nn::named_state(model).size()},
          {"decoder_tensors", loaded.decoder_tensors},
          {"head", c.init.new_head || !loaded.has_head ? "fresh" : "kept"},
          {"final_norm", loaded.has_head ? "kept" : "fresh"},
          {"classes", job.data.class_names.size()},
          {"parameters", all},
          {"frozen_parameters", frozen},
          {"freeze", std::string(config::to_name(c.init.freeze))},
          {"layer_decay", c.recipe.layer_decay},
          {"learning_rates", parts}};
}

std::string start_sentence(const Json& report) {
  const auto digits = [&](const char* key) { return grouped_digits(report.at(key).get<int64_t>()); };
  const bool frozen = report.at("frozen_parameters") > 0;
  return "starts from " + report.at("weights").get<std::string>() + ": " + digits("tensors") + " of " +
         digits("of_tensors") + " tensors loaded, " + head_text(report) + digits("classes") + " classes; " +
         (frozen ? digits("frozen_parameters") + " of " + digits("parameters") + " parameters frozen (up to " +
                       report.at("freeze").get<std::string>() + ")"
                 : "none of " + digits("parameters") + " parameters frozen") +
         "; highest learning rate by part (layer_decay " + rate_text(report.at("layer_decay")) +
         "): " + rates_text(report.at("learning_rates"));
}

}  // namespace staircase::train
