#include "staircase/train/checkpoint.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "staircase/base/files.h"
#include "staircase/base/patient_read.h"
#include "staircase/formats/safetensors.h"

namespace staircase::train {
namespace fs = std::filesystem;
namespace {

constexpr size_t checkpoints_kept = 2;
const std::string state_key = "staircase.state";

std::string file_name(int64_t step) {
  char name[48];
  std::snprintf(name, sizeof name, "step-%09lld.safetensors", static_cast<long long>(step));
  return name;
}

/// Newest first: the names sort as the steps do.
std::vector<fs::path> checkpoint_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("step-") && name.ends_with(".safetensors")) files.push_back(entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  return files;
}

Checkpoint read_checkpoint(const fs::path& path) {
  Checkpoint checkpoint;
  checkpoint.file = formats::read_safetensors(path);
  checkpoint.state = config::parse_json(checkpoint.file.metadata[state_key], path.string());
  return checkpoint;
}

}  // namespace

void CheckpointStore::save(int64_t step, const Checkpoint& checkpoint) {
  make_folder(folder_);
  formats::TensorFile file = checkpoint.file;
  file.metadata[state_key] = checkpoint.state.dump();
  formats::write_safetensors(folder_ / file_name(step), file);
  const auto files = checkpoint_files(folder_);
  for (size_t i = checkpoints_kept; i < files.size(); ++i) fs::remove(files[i]);
}

std::optional<Checkpoint> CheckpointStore::load_newest(const std::function<void(const std::string&)>& warn) {
  for (const fs::path& path : checkpoint_files(folder_)) {
    try {
      return read_checkpoint(path);
    } catch (const UnreadableFile&) {
      throw;
    } catch (const RequestError& error) {
      const fs::path aside = path.string() + ".damaged";
      fs::rename(path, aside);
      warn("a damaged checkpoint was set aside as " + aside.string() + " (" + error.what() +
           "); going on from the one before it");
    }
  }
  return std::nullopt;
}

std::optional<config::Json> CheckpointStore::newest_state() const {
  for (const fs::path& path : checkpoint_files(folder_)) {
    try {
      return read_checkpoint(path).state;
    } catch (const RequestError&) {  // load_newest says so
    }
  }
  return std::nullopt;
}

int64_t CheckpointStore::newest_step() const {
  const auto files = checkpoint_files(folder_);
  const std::string prefix = "step-";
  return files.empty() ? 0 : std::strtoll(files.front().filename().c_str() + prefix.size(), nullptr, 10);
}

void CheckpointStore::clear() {
  for (const fs::path& path : checkpoint_files(folder_)) fs::remove(path);
  std::error_code ignored;
  fs::remove(folder_, ignored);
}

}  // namespace staircase::train
