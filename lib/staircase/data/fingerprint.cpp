#include "staircase/data/fingerprint.h"

#include "staircase/base/random.h"

namespace staircase::data {
namespace {

/// "cat/1.jpg" of "train/cat/1.jpg": val and validation are the same part.
std::string_view below_part(std::string_view relative_name) {
  return relative_name.substr(relative_name.find('/') + 1);
}

uint64_t pixel_stamp(const Image& image) {
  return hash_text({reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size()});
}

config::DataContent::Part part_of(const std::string& name, const Dataset& images,
                                  const std::vector<std::string>& class_names) {
  config::DataContent::Part part{name, {}};
  for (const std::string& class_name : class_names) part.classes.push_back({class_name, 0, 0});
  size_t next = 0;
  const auto add = [&](uint64_t stamp) {
    config::DataContent::Class& its = part.classes.at(static_cast<size_t>(images.label(next++)));
    ++its.images;
    its.stamp = mix64(its.stamp ^ stamp);
  };
  images.visit_files([&](std::string_view file, uint64_t bytes) {
    add(mix_key({hash_text(below_part(file)), bytes}));
  });
  while (next < images.size()) add(pixel_stamp(images.image(next)));
  if (name != "train") std::erase_if(part.classes, [](const auto& each) { return each.images == 0; });
  return part;
}

}  // namespace

config::DataContent content_of(const DataSource& source, const config::DataOptions& options) {
  config::DataContent content{options.kind, options.path, {}};
  if (config::is_described_whole(options)) return content;
  content.parts.push_back(part_of("train", *source.train, source.class_names));
  if (source.val) content.parts.push_back(part_of("val", *source.val, source.class_names));
  if (source.test) content.parts.push_back(part_of("test", *source.test, source.class_names));
  return content;
}

}  // namespace staircase::data
