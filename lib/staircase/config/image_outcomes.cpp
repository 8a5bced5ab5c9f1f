#include "staircase/config/image_outcomes.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/random.h"
#include "staircase/base/text.h"
#include "staircase/config/json.h"

namespace staircase::config {
namespace {

std::string packed(const std::vector<bool>& bits) {
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (size_t i = 0; i < bits.size(); ++i)
    if (bits[i]) bytes[i / 8] = static_cast<char>(bytes[i / 8] | (1 << (i % 8)));
  return bytes;
}

std::vector<bool> unpacked(std::string_view bytes, size_t count) {
  std::vector<bool> bits(count);
  for (size_t i = 0; i < count; ++i) bits[i] = (static_cast<unsigned char>(bytes[i / 8]) >> (i % 8)) & 1;
  return bits;
}

}  // namespace

std::string validation_set_name(const std::string& data, const std::vector<int64_t>& labels) {
  uint64_t key = hash_text(data);
  for (const int64_t label : labels) key = mix_key({key, static_cast<uint64_t>(label)});
  return hexadecimal(key, 16);
}

std::string write_image_outcomes(const ImageOutcomes& outcomes) {
  Json weights = Json::array({"raw"});
  if (outcomes.average) weights.push_back("ema");
  const Json head = {
      {"images", outcomes.raw.size()}, {"validation_set", outcomes.validation_set}, {"weights", weights}};
  return head.dump() + "\n" + packed(outcomes.raw) + (outcomes.average ? packed(*outcomes.average) : "");
}

std::optional<ImageOutcomes> read_image_outcomes(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  const std::string content = read_file(file);
  const std::string_view bytes = std::string_view(content).substr(std::min(content.size(), content.find('\n')));
  ImageOutcomes outcomes;
  size_t images = 0, kinds = 0;
  try {
    const Json head = Json::parse(content.substr(0, content.size() - bytes.size()));
    images = head.at("images").get<size_t>();
    outcomes.validation_set = head.at("validation_set").get<std::string>();
    kinds = head.at("weights").size();
  } catch (const Json::exception&) {
    throw RequestError(file.string() + ": is damaged: its first line does not say which images and weights it is of");
  }
  const size_t length = (images + 7) / 8;
  if (kinds < 1 || kinds > 2 || bytes.size() != 1 + kinds * length)
    throw RequestError(file.string() + ": is damaged: it does not hold a bit for each of " + std::to_string(images) +
                       " images");
  outcomes.raw = unpacked(bytes.substr(1), images);
  if (kinds == 2) outcomes.average = unpacked(bytes.substr(1 + length), images);
  return outcomes;
}

}  // namespace staircase::config
