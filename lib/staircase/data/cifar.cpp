#include "staircase/data/cifar.h"

#include <sstream>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/base/text.h"
#include "staircase/data/packed_images.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

constexpr int side_px = 32, channels = 3;
constexpr size_t image_bytes = side_px * side_px * channels;

/// How one of the two data sets is stored.
struct Format {
  const char* title;
  const char* usual_folder;
  const char* names_file;
  std::vector<std::string> train_files;
  std::string test_file;
  size_t classes;
  size_t label_bytes;  ///< the last one counts
};

fs::path locate(const fs::path& folder, const Format& format) {
  const fs::path inner = folder / format.usual_folder;
  return fs::is_directory(inner) ? inner : folder;
}

std::vector<std::string> read_names(const fs::path& path, size_t classes) {
  std::istringstream lines(read_file(path));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (names.size() != classes)
    throw RequestError(path.string() + ": has " + std::to_string(names.size()) + " class names, expected " +
                       std::to_string(classes));
  return names;
}

void append_records(const fs::path& path, const Format& format, std::vector<uint8_t>& pixels,
                    std::vector<uint8_t>& labels) {
  const std::string bytes = read_file(path);
  const size_t record = format.label_bytes + image_bytes;
  if (bytes.empty() || bytes.size() % record != 0)
    throw RequestError(path.string() + ": has " + grouped_digits(static_cast<long long>(bytes.size())) +
                       " bytes, expected a multiple of " + grouped_digits(static_cast<long long>(record)) +
                       ": the file is cut short or is not " + format.title + "'s binary version");
  for (size_t at = 0; at < bytes.size(); at += record) {
    const auto label = static_cast<uint8_t>(bytes[at + format.label_bytes - 1]);
    if (label >= format.classes)
      throw RequestError(path.string() + ": image " + std::to_string(at / record) + " has label " +
                         std::to_string(label) + ", allowed is 0 to " + std::to_string(format.classes - 1));
    labels.push_back(label);
    const auto* from = reinterpret_cast<const uint8_t*>(bytes.data()) + at + format.label_bytes;
    pixels.insert(pixels.end(), from, from + image_bytes);
  }
}

std::shared_ptr<const Dataset> read_part(const fs::path& folder, const Format& format, const char* part,
                                         const std::vector<std::string>& files) {
  std::vector<uint8_t> pixels, labels;
  for (const std::string& file : files) append_records(folder / file, format, pixels, labels);
  return std::make_shared<PackedImages>(std::string(format.title) + " " + part, side_px, side_px, channels,
                                        PackedImages::Layout::planar, std::move(pixels), std::move(labels));
}

DataSource open(const fs::path& folder, const Format& format) {
  const fs::path place = locate(folder, format);
  DataSource source;
  source.class_names = read_names(place / format.names_file, format.classes);
  source.channels = channels;
  source.train = read_part(place, format, "train", format.train_files);
  source.val = read_part(place, format, "test", {format.test_file});
  return source;
}

}  // namespace

DataSource open_cifar10(const fs::path& folder) {
  return open(folder,
              {"cifar10",
               "cifar-10-batches-bin",
               "batches.meta.txt",
               {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
               "test_batch.bin",
               10,
               1});
}

DataSource open_cifar100(const fs::path& folder) {
  return open(folder, {"cifar100", "cifar-100-binary", "fine_label_names.txt", {"train.bin"}, "test.bin", 100, 2});
}

}  // namespace staircase::data
