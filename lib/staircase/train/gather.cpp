#include "staircase/train/gather.h"

#include <algorithm>
#include <bit>

#include "staircase/config/json.h"

namespace staircase::train {
namespace {

using config::Json;

/// JSON knows neither infinity nor NaN.
int64_t to_bits(double value) { return std::bit_cast<int64_t>(value); }
double to_double(const Json& bits) { return std::bit_cast<double>(bits.get<int64_t>()); }

/// The elements of the arrays of all processes.
Json all_of(const Json& own, processes::ProcessGroup& group) {
  Json all = Json::array();
  for (const std::string& text : group.gather(own.dump()))
    for (const Json& each : Json::parse(text)) all.push_back(each);
  return all;
}

template <class Batch>
void sort_by_index(std::vector<Batch>& batches) {
  std::sort(batches.begin(), batches.end(), [](const Batch& a, const Batch& b) { return a.index < b.index; });
}

}  // namespace

std::vector<BatchSums> gathered(const std::vector<BatchSums>& own, processes::ProcessGroup& group) {
  Json json = Json::array();
  for (const BatchSums& batch : own) {
    Json models = Json::array();
    for (const auto& sums : batch.of_models) {
      Json bits = Json::array();
      for (const double each : sums) bits.push_back(to_bits(each));
      models.push_back(bits);
    }
    json.push_back({batch.index, batch.images, models});
  }
  std::vector<BatchSums> batches;
  for (const Json& each : all_of(json, group)) {
    BatchSums batch{each[0], each[1], {}};
    for (const Json& bits : each[2]) {
      batch.of_models.emplace_back();
      for (const Json& value : bits) batch.of_models.back().push_back(to_double(value));
    }
    batches.push_back(std::move(batch));
  }
  sort_by_index(batches);
  return batches;
}

ClassResults gathered(const std::vector<BatchAnswers>& own, processes::ProcessGroup& group) {
  Json json = Json::array();
  for (const BatchAnswers& batch : own) {
    Json answers = Json::array();
    for (const ImageAnswer& a : batch.answers) answers.push_back({a.label, a.predicted, to_bits(a.probability)});
    json.push_back({batch.index, answers});
  }
  std::vector<BatchAnswers> batches;
  for (const Json& each : all_of(json, group)) {
    BatchAnswers batch{each[0], {}};
    for (const Json& a : each[1]) batch.answers.push_back({a[0], a[1], to_double(a[2])});
    batches.push_back(std::move(batch));
  }
  sort_by_index(batches);
  return class_results(batches);
}

std::set<size_t> gathered(const std::set<size_t>& own, processes::ProcessGroup& group) {
  std::set<size_t> all;
  for (const Json& each : all_of(Json(own), group)) all.insert(each.get<size_t>());
  return all;
}

std::vector<std::string> gathered(const std::vector<std::string>& own, processes::ProcessGroup& group) {
  std::vector<std::string> others;
  const std::string text = Json(own).dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::vector<std::string> texts = group.gather(text);
  for (size_t rank = 1; group.leads() && rank < texts.size(); ++rank)
    for (const Json& each : Json::parse(texts[rank])) others.push_back(each.get<std::string>());
  return others;
}

}  // namespace staircase::train
