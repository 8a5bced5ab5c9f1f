#pragma once

#include <string>
#include <vector>

#include "staircase/config/data_options.h"
#include "staircase/config/json.h"

namespace staircase::config {

/// What a set of files holds, as far as it decides results: never where it lies. data/fingerprint.h makes it;
/// experiment.json keeps it, so that names need no data and a changed set is seen.
struct DataContent {
  /// The images of one class in one part.
  struct Class {
    std::string name;
    int64_t images = 0;
    uint64_t stamp = 0;  ///< of all of them, in their order
    bool operator==(const Class&) const = default;
  };
  struct Part {
    std::string name;            ///< "train"
    std::vector<Class> classes;  ///< all of the set in train, in their order; those with images elsewhere
    int64_t images() const;
    bool operator==(const Part&) const = default;
  };

  DataKind kind = DataKind::image_folder;
  std::string path;  ///< where it lay; equal sets at two places are the same set
  std::vector<Part> parts;

  /// 16 hexadecimal digits of everything but the path. Part of the names of runs: how it is made never changes.
  std::string fingerprint() const;
};

/// In words, what is not the same in two sets: "train: 3,068 images there and 3,132 here (class coat: 300 and
/// 364)", where `there` is the first of them; empty: they are equal.
std::string describe_change(const DataContent& there, const DataContent& here);

/// {"kind", "path", "fingerprint", "parts": {"train": {"coat": "300 0123456789abcdef"}}}.
Json write_data_content(const DataContent& content);

/// Reads what write_data_content wrote. Throws ConfigError.
DataContent read_data_content(const Json& value, const Place& place);

/// Whether the configuration says all of such data, so that there is no content to look at.
bool is_described_whole(const DataOptions& options);

/// The one of them that lies where the options say; null: there is none.
const DataContent* find_content(const std::vector<DataContent>& contents, const DataOptions& options);

}  // namespace staircase::config
