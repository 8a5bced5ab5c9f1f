#include "first_experiment.h"

#include <algorithm>
#include <numeric>

#include "staircase/base/counted.h"
#include "staircase/base/text.h"
#include "staircase/config/codec.h"

namespace staircase::apps {
namespace {

using config::Json;

constexpr int64_t learning_steps = 1500;  // after which networks of this size have learned most of a small set
constexpr int64_t few_images = 50;        // of a class

int64_t train_images(const Photographs& p) {
  return std::accumulate(p.class_counts.begin(), p.class_counts.end(), int64_t{0});
}

/// The largest usual size that asks for no pixel that most photographs do not have.
int64_t image_size_px(const Photographs& p, int64_t most) {
  if (p.wanted_size_px) return *p.wanted_size_px;
  int64_t chosen = 32;
  for (const int64_t size : {64, 96, 128, 160, 224})
    if (size <= most && size <= p.sizes.median_side_px) chosen = size;
  return chosen;
}

int64_t batch_size(int64_t images) {
  const int64_t wanted = images >= 10'000 ? 128 : images >= 2'000 ? 64 : 32;
  return std::min(wanted, images);
}

std::string size_reason(const Photographs& p, int64_t size_px) {
  const std::string px = std::to_string(size_px) + " px";
  if (p.wanted_size_px) return px + ", as asked for";
  return px + ": the shorter sides are " + grouped_digits(p.sizes.smallest_side_px) + " px and more, half of them " +
         grouped_digits(p.sizes.median_side_px) + " px and more (" +
         counted(static_cast<long long>(p.sizes.looked_at), "photograph") +
         " looked at); twice the size costs four times as much, so go larger once there is something to refine";
}

/// Epochs, batch and warmup, over the recipe that they start from.
Json recipe(const Photographs& p, const char* from, int64_t least_epochs, std::vector<std::string>& reasons) {
  const int64_t images = train_images(p), batch = batch_size(images), steps = std::max<int64_t>(1, images / batch);
  const int64_t most_epochs = 100;
  const int64_t epochs = std::clamp((learning_steps + steps - 1) / steps, least_epochs, most_epochs);
  const double warmup = std::max<double>(0.5, static_cast<double>(epochs / 10));
  reasons.push_back(counted(epochs, "epoch") + " of " + counted(steps, "step") + ", a batch " + std::to_string(batch) +
                    " of the " + counted(images, "training image") + ": about " + grouped_digits(epochs * steps) +
                    " steps a network");
  return {{"from", from}, {"epochs", epochs}, {"batch_size", batch}, {"warmup_epochs", warmup}};
}

void add_data_reasons(const Photographs& p, std::vector<std::string>& reasons) {
  const auto [least, most] = std::minmax_element(p.class_counts.begin(), p.class_counts.end());
  reasons.push_back(counted(static_cast<long long>(p.class_counts.size()), "class", "classes") + " of " +
                    (*least == *most ? counted(*least, "training image")
                                     : grouped_digits(*least) + " to " + grouped_digits(*most) + " training images") +
                    "; of the " + counted(p.val_images, "validation image") + " one is " +
                    decimals(100.0 / static_cast<double>(p.val_images), 2) + " points");
  reasons.push_back("3 seeds: a difference without its spread says nothing; staircase plan tells how many show one");
}

Json data(const Photographs& p, int64_t size_px) {
  return {{"kind", "image_folder"}, {"path", p.path}, {"image_size_px", size_px}};
}

FirstExperiment from_random(const Photographs& p) {
  FirstExperiment first;
  const int64_t size_px = image_size_px(p, 128);
  first.reasons.push_back(size_reason(p, size_px));
  first.reasons.push_back(
      "recipe small: made for folders of this kind and schedules of up to 100 epochs; modern needs hundreds");
  Json override{
      {"/model/width_factor", 0.25}, {"/model/initialization", "kaiming_fan_out"}, {"/model/layer_scale_init", 0.1}};
  first.reasons.push_back(
      "a quarter of the width: an answer in a sixteenth of the time; first weights by kaiming_fan_out and LayerScale .1, "
      "with which all of these networks begin to learn at once");
  if (size_px < 96) {
    override["/model/stem"] = "conv3";
    first.reasons.push_back("stem conv3: the stems of large photographs leave too few positions of " +
                            std::to_string(size_px) + " px");
  }
  const Json training = recipe(p, "small", 5, first.reasons);
  if (const int64_t least = *std::min_element(p.class_counts.begin(), p.class_counts.end()); least < few_images)
    first.reasons.push_back(
        "a class has " + counted(least, "training image") +
        ", which is little to learn from: --weights FILE starts from a network that has seen others");
  first.content = {
      {"kind", "comparison"},
      {"base", {{"recipe", training}, {"data", data(p, size_px)}}},
      {"candidates",
       {{{"name", "resnet50"}, {"model", "resnet50"}}, {{"name", "convnext_tiny"}, {"model", "convnext_tiny"}}}},
      {"override", override}};
  return first;
}

/// The fields in which a network is not ResNet-50, which all defaults are.
Json model_fields(const config::ModelOptions& model) {
  Json fields = Json::object();
  for (const config::Difference& each : config::diff_options(model, config::ModelOptions{})) {
    const std::string field = each.pointer.substr(each.pointer.rfind('/') + 1);
    if (field != "num_classes" && field != "in_channels") fields[field] = each.a;  // those of the photographs
  }
  return fields;
}

FirstExperiment from_weights(const Photographs& p, const StartWeights& weights) {
  FirstExperiment first;
  const int64_t size_px = image_size_px(p, 224);
  first.reasons.push_back(size_reason(p, size_px));
  first.reasons.push_back("recipe finetune: low rates, which keep what " + weights.model_name + " has learned");
  Json training = recipe(p, "finetune", 2, first.reasons);
  training["layer_decay"] = 1;
  first.reasons.push_back("layer_decay 1: lower rates for the first layers would hold the random start back");
  first.content = {{"kind", "ablation"},
                   {"base",
                    {{"model", model_fields(weights.model)},
                     {"recipe", training},
                     {"data", data(p, size_px)},
                     {"init", {{"weights", weights.file}, {"new_head", true}}}}},
                   {"steps",
                    {{{"name", "from_weights"}, {"set", Json::object()}},
                     {{"name", "from_scratch"}, {"set", {{"/init/weights", ""}}}}}},
                   {"design", "one_at_a_time"}};
  return first;
}

}  // namespace

FirstExperiment first_experiment(const Photographs& photographs, const StartWeights* weights) {
  FirstExperiment first = weights ? from_weights(photographs, *weights) : from_random(photographs);
  add_data_reasons(photographs, first.reasons);
  Json content = {{"name", photographs.name},
                  {"description", (weights ? "What is the start from weights worth here? "
                                           : "Which backbone suits these photographs? ") +
                                      join(first.reasons, "; ") + "."}};
  content.update(first.content);
  content["seeds"] = {0, 1, 2};
  first.content = content;
  return first;
}

}  // namespace staircase::apps
