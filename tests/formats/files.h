#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "staircase/base/files.h"
#include "staircase/formats/zip_writer.h"
#include "support/catch.h"
#include "support/refusal.h"

// Hand-made files for the tests of the readers.
namespace staircase::tests {

/// A .safetensors file of any header and data, true or not.
inline std::string safetensors_bytes(const std::string& header, const std::string& data) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

/// A torch.save archive around any pickle, with the entries data/KEY.
inline void write_archive(const std::filesystem::path& path, const std::string& pickle,
                          const std::vector<std::pair<std::string, std::string>>& storages) {
  write_file_atomically(path, [&](std::ostream& out) {
    formats::ZipWriter zip(out);
    zip.add("archive/data.pkl", pickle);
    for (const auto& [key, bytes] : storages) zip.add("archive/data/" + key, bytes);
    zip.add("archive/version", "3\n");
    zip.finish();
  });
}

/// What the reader of a file refuses it with, after the file's name; empty: the file is taken.
inline std::string complaint_about(const std::filesystem::path& path, const std::function<void()>& read) {
  const std::string message = refusal(read);
  if (message.empty()) return "";
  CHECK(message.starts_with(path.string() + ": "));
  return message.substr(path.string().size() + 2);
}

inline std::filesystem::path reference_weights(const std::string& name) {
  return std::filesystem::path(STAIRCASE_REFERENCE_FOLDER) / "weights" / name;
}

}  // namespace staircase::tests
