#include "staircase/data/imagenet_devkit.h"

#include <archive.h>
#include <archive_entry.h>

#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "staircase/base/errors.h"
#include "staircase/base/files.h"
#include "staircase/data/mat_file.h"

namespace staircase::data {
namespace fs = std::filesystem;
namespace {

constexpr const char* devkit = "ILSVRC2012_devkit_t12";
constexpr const char* ground_truth = "ILSVRC2012_validation_ground_truth.txt";

/// A file of the kit, and its path for messages.
struct KitFile {
  std::string path, bytes;
};

std::string read_entry(archive* reader, const std::string& path) {
  std::string bytes;
  char block[65536];
  la_ssize_t count = 0;
  while ((count = archive_read_data(reader, block, sizeof block)) > 0) bytes.append(block, static_cast<size_t>(count));
  if (count < 0) throw RequestError(path + ": is damaged: " + archive_error_string(reader));
  return bytes;
}

/// The files of these names in a compressed tar, wherever they lie in it.
std::map<std::string, KitFile> read_kit_archive(const fs::path& path) {
  const std::unique_ptr<archive, int (*)(archive*)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_tar(reader.get());
  archive_read_support_filter_gzip(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), 65536) != ARCHIVE_OK)
    throw RequestError(path.string() + ": is no compressed tar file: " + archive_error_string(reader.get()));
  std::map<std::string, KitFile> files;
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
    const char* name = archive_entry_pathname(entry);
    const std::string base = name ? fs::path(name).filename().string() : "";
    if (base == ground_truth || base == "meta.mat")
      files[base] = {path.string() + ": " + name, read_entry(reader.get(), path.string())};
  }
  if (status != ARCHIVE_EOF) throw RequestError(path.string() + ": is damaged: " + archive_error_string(reader.get()));
  return files;
}

std::map<std::string, KitFile> read_kit(const fs::path& folder) {
  std::map<std::string, KitFile> files;
  const fs::path packed = folder / (std::string(devkit) + ".tar.gz");
  if (fs::exists(packed)) files = read_kit_archive(packed);
  for (const fs::path& place : {folder / devkit / "data", folder})
    for (const char* name : {ground_truth, "meta.mat", "synsets.txt"})
      if (fs::exists(place / name)) files[name] = {(place / name).string(), read_file(place / name)};
  return files;
}

using Synsets = std::map<int64_t, std::string>;  ///< by their numbers

bool is_synset(const std::string& text) {
  return text.size() == 9 && text[0] == 'n' && text.find_first_not_of("0123456789", 1) == std::string::npos;
}

Synsets read_synset_lines(const KitFile& file) {
  Synsets synsets;
  std::istringstream lines(file.bytes);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.empty()) continue;
    std::istringstream words(line);
    int64_t number = 0;
    std::string synset;
    if (!(words >> number >> synset) || !is_synset(synset))
      throw RequestError(file.path + ": found \"" + line + "\", expected a number and a synset, \"1 n02119789\"");
    synsets[number] = synset;
  }
  return synsets;
}

Synsets read_meta(const KitFile& file) {
  const MatTable table = read_mat_table(file.bytes, file.path);
  std::optional<size_t> number, synset;
  for (size_t i = 0; i < table.fields.size(); ++i) {
    if (table.fields[i] == "ILSVRC2012_ID") number = i;
    if (table.fields[i] == "WNID") synset = i;
  }
  if (!number || !synset) throw RequestError(file.path + ": has no fields ILSVRC2012_ID and WNID");
  Synsets synsets;
  for (const auto& row : table.rows) {
    const auto* id = std::get_if<double>(&row[*number]);
    const auto* name = std::get_if<std::string>(&row[*synset]);
    if (!id || !name || !is_synset(*name)) throw RequestError(file.path + ": has a class without a number or a synset");
    synsets[static_cast<int64_t>(*id)] = *name;
  }
  return synsets;
}

}  // namespace

std::vector<std::string> imagenet_validation_synsets(const fs::path& folder) {
  const std::map<std::string, KitFile> files = read_kit(folder);
  const auto truth = files.find(ground_truth), lines = files.find("synsets.txt"), meta = files.find("meta.mat");
  if (truth == files.end() || (lines == files.end() && meta == files.end()))
    throw RequestError(folder.string() + ": the classes of the validation images are not there: put " + devkit +
                       ".tar.gz beside them, or its " + ground_truth + " and meta.mat");
  const Synsets synsets = lines != files.end() ? read_synset_lines(lines->second) : read_meta(meta->second);
  std::vector<std::string> classes;
  std::istringstream numbers(truth->second.bytes);
  std::string word;
  while (numbers >> word) {
    const bool digits = word.size() < 9 && word.find_first_not_of("0123456789") == std::string::npos;
    const auto found = digits ? synsets.find(std::stoll(word)) : synsets.end();
    if (found == synsets.end())
      throw RequestError(truth->second.path + ": image " + std::to_string(classes.size() + 1) + " is of the class " +
                         word + ", which has no synset");
    classes.push_back(found->second);
  }
  return classes;
}

}  // namespace staircase::data
